/** Compressions, baby under one year: AHA 2025 (two thumbs or the heel of one hand, no longer two fingers) and ERC 2025. */
import { makeCard } from '../card.ts';
import { breatheInfant, placeOnInfant, pushThumbs, thumbsOnChest } from '../scenes/infant.ts';

export const card = makeCard({
  cardId: 'cpr-infant',
  version: 1,
  metronome: true,
  title: { 'zh-CN': '胸外按压：婴儿（不满 1 岁）', en: 'Push on the chest: baby (under 1 year)' },
  steps: [
    {
      drawing: placeOnInfant(),
      'zh-CN': '手机开免提。让宝宝平躺在桌面或地面等硬的地方。位置：胸部正中，两乳头连线稍下。',
      en: 'Loudspeaker on. Baby flat on the back on something hard. The place: middle of the chest, just below the line of the nipples.',
    },
    {
      drawing: thumbsOnChest(),
      'zh-CN': '双手环抱胸部，两个拇指并排放在这里。够不着时，用一只手的掌根。',
      en: 'Both hands round the chest, both thumbs side by side on the place. If you cannot reach round: heel of one hand.',
    },
    {
      drawing: pushThumbs(),
      'zh-CN': '往下压胸部厚度的三分之一，约 4 厘米，每分钟 100–120 次。每次都让胸部完全弹起。',
      en: 'Push down a third of the depth of the chest, about 4 cm, 100–120 a minute. Let it come all the way up each time.',
    },
    {
      drawing: breatheInfant(),
      'zh-CN':
        '会做人工呼吸：每按 30 次，头放平，用嘴盖住宝宝的口和鼻，轻吹 2 次，看到胸部抬起。不会就一直按。',
      en: 'If you can give breaths: after 30 pushes, head level, your mouth over mouth and nose, two gentle puffs until the chest rises. If not, keep pushing.',
    },
    {
      drawing: thumbsOnChest(),
      'zh-CN': '不要停，直到宝宝动了、正常呼吸了，或急救人员接手。',
      en: 'Do not stop until the baby moves or breathes normally, or the crew takes over.',
    },
  ],
});
