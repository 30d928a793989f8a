/** Choking: AHA 2025 and ERC 2025 agree on five back blows first, then five thrusts. */
import { makeCard } from '../card.ts';
import { backBlows, bellyThrusts, cannotBreathe } from '../scenes/choke.ts';
import { push } from '../scenes/compress.ts';
import { infantBackBlows, infantChestPushes } from '../scenes/infant.ts';

export const card = makeCard({
  cardId: 'choking',
  version: 1,
  title: { 'zh-CN': '气道异物（噎住）', en: 'Choking' },
  steps: [
    {
      drawing: cannotBreathe(),
      'zh-CN': '能咳嗽：让他用力咳。咳不出、说不出话、喘不上气：马上做下面的动作。',
      en: 'Can cough: let them cough hard. Cannot cough, speak or breathe: act now.',
    },
    {
      drawing: backBlows(),
      'zh-CN': '让他向前弯腰，用掌根在两肩胛骨之间用力拍 5 下。',
      en: 'Bend them forward. Hit hard between the shoulder blades with the heel of your hand, 5 times.',
    },
    {
      drawing: bellyThrusts(),
      'zh-CN':
        '没出来：从背后抱住，拳头放在肚脐上方，用力向里向上冲 5 下。拍背和冲击轮流做。孕妇或抱不住的人：改压胸部正中。',
      en: 'Not out: from behind, fist above the navel, pull hard in and up, 5 times. Go on in turn, 5 and 5. Pregnant or too large to reach round: on the middle of the chest.',
    },
    {
      drawing: infantBackBlows(),
      'zh-CN': '不满 1 岁：脸朝下趴在前臂上，头低，用掌根拍背 5 下。',
      en: 'Under 1 year: face down along your forearm, head low, 5 blows on the back with the heel of your hand.',
    },
    {
      drawing: infantChestPushes(),
      'zh-CN': '再翻过来，头低，用一只手的掌根压胸部正中 5 下。轮流做。不要压肚子。',
      en: 'Then turn over, head low, 5 pushes on the middle of the chest with the heel of one hand. In turn. Never on the belly.',
    },
    {
      drawing: push({ depth: '5–6 cm' }),
      'zh-CN': '失去反应：让他平躺，告诉调度员，马上开始按压胸部。',
      en: 'Goes limp: lay them down, tell the dispatcher, start pushing on the chest at once.',
    },
  ],
});
