/** Compressions, child from one year to puberty: AHA 2025 and ERC 2025, paediatric basic life support. */
import { makeCard } from '../card.ts';
import { oneHandOnChest } from '../scenes/chest.ts';
import { callAndKneel, movesOrBreathes, push } from '../scenes/compress.ts';
import { breatheChild } from '../scenes/infant.ts';

export const card = makeCard({
  cardId: 'cpr-child',
  version: 1,
  metronome: true,
  title: { 'zh-CN': '胸外按压：儿童（1 岁到青春期）', en: 'Push on the chest: child (1 year to puberty)' },
  steps: [
    {
      drawing: callAndKneel(true),
      'zh-CN': '手机开免提，放在旁边。让孩子平躺在硬地上，你跪在胸旁。',
      en: 'Loudspeaker on, phone beside you. Child flat on the back on a hard floor. Kneel beside the chest.',
    },
    {
      drawing: oneHandOnChest(),
      'zh-CN': '一只手的掌根放在胸部正中偏下。孩子较大或一只手压不动时，用两只手。',
      en: 'Heel of one hand on the lower half of the breastbone. Big child, or not strong enough with one: use both hands.',
    },
    {
      drawing: push({ child: true, depth: '5 cm' }),
      'zh-CN': '往下压胸部厚度的三分之一，约 5 厘米，每分钟 100–120 次。每次都让胸部完全弹起。',
      en: 'Push down a third of the depth of the chest, about 5 cm, 100–120 a minute. Let it come all the way up each time.',
    },
    {
      drawing: breatheChild(),
      'zh-CN': '会做人工呼吸：每按 30 次，头后仰、捏住鼻子、吹气 2 次，看到胸部抬起。不会就一直按。',
      en: 'If you can give breaths: after 30 pushes tilt the head back, pinch the nose, blow twice until the chest rises. If not, keep pushing.',
    },
    {
      drawing: movesOrBreathes(true),
      'zh-CN': '只有孩子动了、正常呼吸了，或急救人员接手时才停。',
      en: 'Stop only if the child moves or breathes normally, or the crew takes over.',
    },
  ],
});
