/** How long things were away around each fault of a process: figures of one run, which nothing judges. */
import { linesOf } from './facts.ts';
import type { Line, LineOf } from './history.ts';
import type { Fault } from './schedule.ts';

export interface Recovery {
  /** Such as `kill signaling`. */
  readonly fault: string;
  readonly n: number;
  /** Until the first command that was sent behind it was acknowledged, in milliseconds. */
  readonly controlMs?: number;
  /** The longest time without a picture and without sound that began or ended within it, in milliseconds. */
  readonly pictureMs?: number;
  readonly soundMs?: number;
}

/** A gap that ends this long after a fault is still its own, in milliseconds. */
const AFTER_MS = 10_000;

export function recoveriesOf(lines: readonly Line[]): Recovery[] {
  const run = linesOf(lines, 'run')[0];
  const told = linesOf(lines, 'fault');
  const invoked = new Map(linesOf(lines, 'invoke').map(({ op, at }) => [op, at]));
  const answers = linesOf(lines, 'ok').map(({ op, at }) => ({ at, sent: invoked.get(op) ?? at }));
  const media = linesOf(lines, 'media');
  return (run?.schedule ?? []).flatMap((fault): Recovery[] => {
    const begin = told.find(({ n, what }) => n === fault.n && what === 'begin');
    const name = nameOf(fault);
    if (!begin || name === undefined) return [];
    const first = answers.find(({ sent }) => sent >= begin.at);
    const gap = (flow: string) =>
      longestGap(
        media.filter((each) => each.flow === flow),
        begin.at,
      );
    const [pictureMs, soundMs] = [gap('picture'), gap('sound')];
    return [
      {
        ...{ fault: name, n: fault.n },
        ...(first ? { controlMs: Math.round(first.at - begin.at) } : {}),
        ...(pictureMs === undefined ? {} : { pictureMs }),
        ...(soundMs === undefined ? {} : { soundMs }),
      },
    ];
  });
}

function nameOf(fault: Fault): string | undefined {
  if (fault.kind === 'kill' || fault.kind === 'stop' || fault.kind === 'pause')
    return `${fault.kind} ${fault.part}`;
  return fault.kind === 'disk' || fault.kind === 'clock' ? fault.kind : undefined;
}

/** Between two counts that differ, from shortly before the fault on. */
function longestGap(counts: readonly LineOf<'media'>[], from: number): number | undefined {
  const near = counts.filter(({ at }) => at >= from - 500 && at <= from + AFTER_MS);
  if (near.length < 2) return undefined;
  let [longest, since, last] = [0, near[0]?.at ?? from, near[0]?.count ?? 0];
  for (const { at, count } of near) {
    if (count !== last) {
      longest = Math.max(longest, at - since);
      since = at;
    }
    last = count;
  }
  return Math.round(Math.max(longest, (near.at(-1)?.at ?? since) - since));
}
