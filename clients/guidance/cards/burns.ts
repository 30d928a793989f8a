/** Thermal burns: AHA and Red Cross 2024 first aid; ERC 2025 gives 20 minutes of cooling. */
import { makeCard } from '../card.ts';
import { coolWater, coverLoosely, nothingOn, takeOff } from '../scenes/burn.ts';

export const card = makeCard({
  cardId: 'burns',
  version: 1,
  title: { 'zh-CN': '烧伤、烫伤', en: 'Burns and scalds' },
  steps: [
    {
      drawing: takeOff(),
      'zh-CN': '离开热源。摘下戒指、手表，脱掉没粘住的衣服。粘住的不要撕。',
      en: 'Away from the heat. Take off rings, watch, and clothes that do not stick. Leave what sticks.',
    },
    {
      drawing: coolWater(),
      'zh-CN': '马上用流动的凉自来水冲 20 分钟。身体其他部位保暖，小孩尤其要注意。',
      en: 'Cool running tap water at once, for 20 minutes. Keep the rest of the body warm, small children above all.',
    },
    {
      drawing: nothingOn(),
      'zh-CN': '不用冰，不涂牙膏、酱油、油膏，不挑水泡。',
      en: 'No ice. No toothpaste, butter or cream. Leave blisters closed.',
    },
    {
      drawing: coverLoosely(),
      'zh-CN': '用干净的保鲜膜或布松松盖上，不要缠紧。',
      en: 'Then cover it loosely with clean cling film or a clean cloth. Do not wrap it tight.',
    },
  ],
});
