/** What an export writes beside the picture: facts in words of the language that was asked for, and names of tracks. */
import type { LogEntry } from '../protocol/entry.ts';
import type { RoomEvent, TimeNode } from '../protocol/events.ts';
import type { TrackHead } from '../protocol/recorder-http.ts';
import type { ExportRequest } from '../protocol/recordings.ts';
import { namesOf } from './view.ts';

type Language = ExportRequest['language'];

const NODES: Readonly<Record<TimeNode, Readonly<Record<Language, string>>>> = {
  'call-answered': { en: 'Call answered', 'zh-CN': '接听' },
  dispatched: { en: 'Dispatched', 'zh-CN': '派车' },
  'on-scene': { en: 'On scene', 'zh-CN': '到达现场' },
  'at-patient': { en: 'At patient', 'zh-CN': '接触患者' },
  aboard: { en: 'Aboard', 'zh-CN': '上车' },
  departed: { en: 'Departed', 'zh-CN': '驶离现场' },
  arrived: { en: 'Arrived', 'zh-CN': '到达医院' },
  'handed-over': { en: 'Handed over', 'zh-CN': '交接' },
  needle: { en: 'Needle', 'zh-CN': '穿刺/给药' },
};
const HELP = { en: 'Call for help', 'zh-CN': '呼叫支援' } as const;
const ORDER = { en: 'Order', 'zh-CN': '医嘱' } as const;
const TEXT_MAX = 120;
const MARKS_MAX = 5000;

export interface ExportMark {
  readonly at: number;
  readonly text: string;
}

/** Facts within the time asked for that an outsider understands: time nodes, drugs, orders, calls for help. */
export function exportMarks(
  entries: readonly LogEntry[],
  { from, to, language }: Pick<ExportRequest, 'from' | 'to' | 'language'>,
): ExportMark[] {
  return entries
    .filter(({ at }) => at >= from && at <= to)
    .flatMap(({ at, events }) =>
      events.flatMap((event) => {
        const text = wordsOf(event, language);
        return text === undefined ? [] : [{ at, text: text.slice(0, TEXT_MAX) }];
      }),
    )
    .slice(0, MARKS_MAX);
}

function wordsOf(event: RoomEvent, language: Language): string | undefined {
  switch (event.type) {
    case 'TimeNodeSet':
      return NODES[event.node][language];
    case 'DrugGiven':
      return `${event.drug.name} ${event.drug.dose} ${event.drug.unit}`;
    case 'DeviceSet':
      return `${event.device}: ${event.setting}`;
    case 'OrderGiven':
      return `${ORDER[language]}: ${event.text}`;
    case 'HelpCalled':
      return HELP[language];
    default:
      return undefined;
  }
}

/** What stands in the picture of each track: what it shows and who sent it. */
export function exportLabels(
  tracks: readonly TrackHead[],
  entries: readonly LogEntry[],
): Record<string, string> {
  const { labels, people } = namesOf(entries);
  return Object.fromEntries(
    tracks.map(({ trackId, owner, role }) => {
      const words = [labels.get(trackId) ?? role ?? trackId, people.get(owner.peerId)];
      return [
        trackId,
        words
          .filter((word) => word !== undefined)
          .join(', ')
          .slice(0, TEXT_MAX),
      ];
    }),
  );
}
