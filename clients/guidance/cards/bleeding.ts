/** Life-threatening bleeding: AHA and Red Cross 2024 first aid; direct pressure first, a tourniquet on a limb where it does not stop. */
import { makeCard } from '../card.ts';
import { findWound, lieWarm, moreCloth, pressHard, tourniquet } from '../scenes/wound.ts';

export const card = makeCard({
  cardId: 'bleeding',
  version: 1,
  title: { 'zh-CN': '大出血', en: 'Heavy bleeding' },
  steps: [
    {
      drawing: findWound(),
      'zh-CN': '找到出血的地方，盖上干净的布。没有布就直接用手。伤口里的东西不要拔。',
      en: 'Find where it bleeds. Put a clean cloth on it; no cloth: your hands. Do not pull out what sticks in it.',
    },
    {
      drawing: pressHard(),
      'zh-CN': '双手直接压住伤口，手臂伸直，用全身的力。一直压，不要松开看。',
      en: 'Press right on the wound with both hands, arms straight, with all your weight. Keep pressing. Do not lift to look.',
    },
    {
      drawing: moreCloth(),
      'zh-CN': '血透出来：原来的布不动，上面再加布，压得更用力。',
      en: 'Blood comes through: leave the cloth, put more on top, press harder.',
    },
    {
      drawing: tourniquet(),
      'zh-CN':
        '手臂或腿还是止不住：在伤口靠身体一侧 5–7 厘米处扎止血带，不扎在关节上。绞紧到血止住，记下时间，不要松开。',
      en: 'Arm or leg and it does not stop: tourniquet 5–7 cm above the wound, not on a joint. Tighten until it stops. Note the time. Do not loosen.',
    },
    {
      drawing: lieWarm(),
      'zh-CN': '让他躺下，盖好保暖，不要吃喝。没有反应、不呼吸：告诉调度员。',
      en: 'Lie them down, cover them, nothing to eat or drink. No answer or no breath: tell the dispatcher.',
    },
  ],
});
