/** Compressions, adult: AHA 2025 and ERC 2025, basic life support; hands-only, as a dispatcher guides it. */
import { makeCard } from '../card.ts';
import { handsOnChest } from '../scenes/chest.ts';
import { callAndKneel, movesOrBreathes, push, shouldersAbove, swap } from '../scenes/compress.ts';

export const card = makeCard({
  cardId: 'cpr-adult',
  version: 1,
  metronome: true,
  title: { 'zh-CN': '胸外按压：成人', en: 'Push on the chest: adult' },
  steps: [
    {
      drawing: callAndKneel(),
      'zh-CN': '手机开免提，放在旁边。让他平躺在硬地上，你跪在他胸旁。',
      en: 'Loudspeaker on, phone beside you. Person flat on their back on a hard floor. Kneel beside the chest.',
    },
    {
      drawing: handsOnChest(),
      'zh-CN': '一只手的掌根放在胸部正中，另一只手叠上去，手指翘起。',
      en: 'Heel of one hand on the middle of the chest. The other hand on top. Fingers up.',
    },
    {
      drawing: shouldersAbove(),
      'zh-CN': '手臂伸直，肩膀在双手正上方。',
      en: 'Arms straight. Shoulders right above your hands.',
    },
    {
      drawing: push({ depth: '5–6 cm' }),
      'zh-CN': '用力、快速往下压 5–6 厘米，跟着节拍，每分钟 100–120 次。每次都让胸部完全弹起。',
      en: 'Push hard and fast, 5–6 cm deep, with the beat: 100–120 a minute. Let the chest come all the way up each time.',
    },
    {
      drawing: swap(),
      'zh-CN': '不要停。有人帮忙时，每 2 分钟换人按压，换得越快越好。',
      en: 'Do not stop. If someone can help, change over every 2 minutes, as quickly as you can.',
    },
    {
      drawing: movesOrBreathes(),
      'zh-CN': '只有他动了、正常呼吸了，或急救人员接手时才停。偶尔喘一口不算呼吸，继续按。',
      en: 'Stop only if the person moves or breathes normally, or the crew takes over. Gasping now and then is not breathing: go on.',
    },
  ],
});
