/** Recovery position: ERC 2025 first aid; for someone who does not answer well but breathes normally. */
import { makeCard } from '../card.ts';
import { handToCheek, kneeUp, nearArmOut, rollOver, watchBreath } from '../scenes/recovery.ts';

export const card = makeCard({
  cardId: 'recovery-position',
  version: 1,
  title: { 'zh-CN': '侧卧位：有正常呼吸、叫不醒', en: 'On the side: breathes normally, does not wake' },
  steps: [
    {
      drawing: nearArmOut(),
      'zh-CN': '确认他在正常呼吸。跪在旁边，把靠近你的手臂弯成直角放好，手心向上。',
      en: 'Only if they breathe normally. Kneel beside them. The arm near you: out at a right angle, palm up.',
    },
    {
      drawing: handToCheek(),
      'zh-CN': '把另一只手拉过来，手背贴在靠近你的脸颊上，扶住。',
      en: 'Bring the other hand across. Its back against the cheek near you. Hold it there.',
    },
    {
      drawing: kneeUp(),
      'zh-CN': '把远侧的膝盖拉起来，脚留在地上。',
      en: 'Pull the far knee up, foot on the ground.',
    },
    {
      drawing: rollOver(),
      'zh-CN': '拉膝盖，把他朝你翻过来侧躺。',
      en: 'Pull the knee: roll them towards you, on to the side.',
    },
    {
      drawing: watchBreath(),
      'zh-CN': '头往后仰，嘴朝下。一直看着呼吸。不呼吸了：翻回平躺，告诉调度员，开始按压。',
      en: 'Head back, mouth low. Watch the breath all the time. It stops: on to the back, tell the dispatcher, push on the chest.',
    },
  ],
});
