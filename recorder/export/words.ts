/** The words of an export in its two languages. */
import type { GapCause } from '../../signaling/protocol/manifest.ts';
import type { Language } from './types.ts';

type Words = Readonly<Record<Language, string>>;

/** Why there is no picture, as it stands in its place. */
const CAUSES: Readonly<Record<GapCause, Words>> = {
  lost: { en: 'packets were lost', 'zh-CN': '数据包丢失' },
  'kernel-drop': { en: 'packets were lost at the recorder', 'zh-CN': '录制端丢包' },
  paused: { en: 'the source was paused', 'zh-CN': '视频源已暂停' },
  muted: { en: 'the source was muted', 'zh-CN': '视频源已静音' },
  link: { en: 'the link was down', 'zh-CN': '链路中断' },
  silence: { en: 'nothing was sent', 'zh-CN': '无数据发送' },
  recorder: { en: 'the recorder was away', 'zh-CN': '录制程序中断' },
  'switched-off': { en: 'recording was switched off', 'zh-CN': '录制已关闭' },
  shed: { en: 'given up for want of space', 'zh-CN': '因存储空间不足未录' },
  'no-keyframe': { en: 'nothing could be decoded yet', 'zh-CN': '尚无可解码画面' },
  unknown: { en: 'for a reason nobody knows', 'zh-CN': '原因不明' },
};

/** Words of the picture and the pages. */
export const WORDS = {
  noPicture: { en: 'No picture', 'zh-CN': '无画面' },
  outside: { en: 'not recorded at this time', 'zh-CN': '此时段未录制' },
  damaged: { en: 'the picture cannot be decoded', 'zh-CN': '画面无法解码' },
  pictureBlanked: { en: 'Part of the picture is blanked', 'zh-CN': '部分画面已遮蔽' },
  soundBlanked: { en: 'Part of the sound is blanked', 'zh-CN': '部分声音已消除' },
  roomClock: { en: 'from the beginning', 'zh-CN': '录制时间' },
  copy: { en: 'Copy for viewing; the evidence is in the clips', 'zh-CN': '供观看的副本；证据为原始片段' },
} as const satisfies Record<string, Words>;

export type FieldCause = GapCause | 'outside' | 'damaged';

export function fieldText(cause: FieldCause, language: Language): string {
  const why = cause === 'outside' || cause === 'damaged' ? WORDS[cause] : CAUSES[cause];
  return language === 'en'
    ? `${WORDS.noPicture.en}: ${why.en}`
    : `${WORDS.noPicture['zh-CN']}：${why['zh-CN']}`;
}
