/** Until help arrives: what holds for every emergency; the site's own procedure stands above it. */
import { makeCard } from '../card.ts';
import { keepStill, showTheWay, stayOnCall, watch } from '../scenes/wait.ts';

export const card = makeCard({
  cardId: 'wait-for-help',
  version: 1,
  title: { 'zh-CN': '等待救护车', en: 'Until help arrives' },
  steps: [
    {
      drawing: stayOnCall(),
      'zh-CN': '不要挂电话。开免提，听调度员的话。',
      en: 'Stay on the call. Loudspeaker on. Do as the dispatcher says.',
    },
    {
      drawing: showTheWay(),
      'zh-CN': '请一个人到路口接救护车。打开门，开灯。',
      en: 'Send someone out to meet the ambulance. Open the doors, light on.',
    },
    {
      drawing: keepStill(),
      'zh-CN': '没有危险就不要移动他。盖好保暖。不要给吃的喝的。',
      en: 'Do not move the person unless there is danger. Cover them. Nothing to eat or drink.',
    },
    {
      drawing: watch(),
      'zh-CN': '一直看着他。叫不醒或呼吸不正常：马上告诉调度员。',
      en: 'Watch them all the time. They do not wake, or do not breathe normally: tell the dispatcher at once.',
    },
  ],
});
