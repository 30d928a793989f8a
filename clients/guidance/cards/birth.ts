/** Birth before help arrives: ERC 2025 emergency birth; WHO essential newborn care. */
import { makeCard } from '../card.ts';
import { holdHead, leanBack, leaveCord, rubDry, skinToSkin } from '../scenes/birth.ts';

export const card = makeCard({
  cardId: 'birth',
  version: 1,
  title: { 'zh-CN': '孩子要出生了', en: 'A baby is coming' },
  steps: [
    {
      drawing: leanBack(),
      'zh-CN': '洗手。让她半躺或用舒服的姿势，下面垫干净的布。准备好干毛巾。',
      en: 'Wash your hands. Let her lean back or lie as she likes, a clean cloth under her. Have dry towels ready.',
    },
    {
      drawing: holdHead(),
      'zh-CN': '让孩子自己出来。双手轻轻托住头。不要拉。',
      en: 'Let the baby come by itself. Hold the head gently with both hands. Do not pull.',
    },
    {
      drawing: rubDry(),
      'zh-CN': '马上用干毛巾擦干全身和头，轻轻搓背。不哭、不呼吸：告诉调度员。',
      en: 'Dry it at once with a towel, head too, and rub its back. It does not cry or breathe: tell the dispatcher.',
    },
    {
      drawing: skinToSkin(),
      'zh-CN': '放在妈妈胸口，皮肤贴皮肤，两人一起盖好，孩子的头也盖上，脸露出来。',
      en: "On the mother's bare chest, skin to skin. Cover both, the baby's head too. Leave the face free.",
    },
    {
      drawing: leaveCord(),
      'zh-CN': '不要剪脐带，不要拉脐带。胎盘出来就放在孩子旁边。妈妈出血很多：告诉调度员。',
      en: 'Do not cut the cord, do not pull it. If the afterbirth comes, keep it beside the baby. The mother bleeds a lot: tell the dispatcher.',
    },
  ],
});
