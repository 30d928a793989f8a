/** Defibrillator: AHA 2025 and ERC 2025. The device speaks; the card says what it cannot show. */
import { makeCard } from '../card.ts';
import { pressShock, standClear, switchOn } from '../scenes/aed.ts';
import { bareChest, pads } from '../scenes/chest.ts';
import { push } from '../scenes/compress.ts';

export const card = makeCard({
  cardId: 'aed',
  version: 1,
  title: { 'zh-CN': '使用 AED（除颤仪）', en: 'Use the defibrillator (AED)' },
  steps: [
    {
      drawing: switchOn(),
      'zh-CN': '有人按压时，另一人打开 AED 电源，听它的提示。',
      en: 'One goes on pushing. The other switches the AED on and follows its voice.',
    },
    {
      drawing: bareChest(),
      'zh-CN': '解开或剪开衣服，露出胸部。胸部湿就擦干。',
      en: 'Open or cut the clothes. Bare chest. Wipe it dry if it is wet.',
    },
    {
      drawing: pads(),
      'zh-CN': '一片贴在右锁骨下方，另一片贴在左侧腋下。贴的时候不要停止按压。',
      en: 'One pad below the right collarbone. The other on the left side, below the armpit. Go on pushing meanwhile.',
    },
    {
      drawing: standClear(),
      'zh-CN': '它说分析或电击时，任何人都不要碰他。',
      en: 'While it analyses and while it shocks: nobody touches the person.',
    },
    {
      drawing: pressShock(),
      'zh-CN': '它让电击时：确认没人碰他，按闪烁的按钮。',
      en: 'It says shock: make sure nobody touches, press the flashing key.',
    },
    {
      drawing: push({ depth: '5–6 cm' }),
      'zh-CN': '马上继续按压。不要关机，不要撕下电极片。',
      en: 'Push again at once. Leave it on and leave the pads on.',
    },
  ],
});
