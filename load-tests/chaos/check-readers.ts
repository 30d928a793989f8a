/** What each reader was shown: every number in order, nothing twice, nothing that is not in the log, and the end in the end. */
import { type Facts, linesOf, type Violation } from './facts.ts';
import type { Entry, Line } from './history.ts';

export function checkReaders({ lines, logs }: Facts): Violation[] {
  const byReader = new Map<string, Line[]>();
  for (const each of lines) {
    if (each.t !== 'joined' && each.t !== 'entry') continue;
    const key = `${each.client} ${each.room}`;
    const known = byReader.get(key);
    if (known) known.push(each);
    else byReader.set(key, [each]);
  }
  const index = new Map<string, ReadonlyMap<number, Entry>>();
  for (const [room, { entries }] of logs)
    index.set(room, new Map(entries.map((entry) => [entry.seq, entry])));
  return [
    ...[...byReader.values()].flatMap((each) => checkSequence(each)),
    ...[...byReader.values()].flatMap((each) => checkContent(each, index)),
    ...checkEnds(lines),
  ];
}

/** A return continues exactly where the reader stood; a snapshot may only lead forward. */
function checkSequence(lines: readonly Line[]): Violation[] {
  const found: Violation[] = [];
  let last = 0;
  let epoch = 0;
  for (const each of lines) {
    if (each.t === 'joined') {
      if (each.seq < last) {
        const what = `${each.client} came back to ${each.seq} after ${last}`;
        found.push({ promise: 'gap', what, shown: [`${each.room}#${each.seq}`, `${each.room}#${last}`] });
      }
      // Without a snapshot, the entries between come as entries.
      if (each.snapshot) last = each.seq;
      continue;
    }
    if (each.t !== 'entry') continue;
    const { client, room, entry } = each;
    if (entry.seq !== last + 1) {
      const shown = [`${room}#${last}`, `${room}#${entry.seq}`];
      found.push({ promise: 'gap', what: `${client} was sent ${entry.seq} after ${last}`, shown });
    }
    if ((entry.epoch ?? epoch) < epoch) {
      const what = `${client} was sent epoch ${entry.epoch} after ${epoch}`;
      found.push({ promise: 'epoch', what, shown: [`${room}#${entry.seq}`] });
    }
    last = entry.seq;
    epoch = Math.max(epoch, entry.epoch ?? 0);
  }
  return found;
}

function checkContent(
  lines: readonly Line[],
  logs: ReadonlyMap<string, ReadonlyMap<number, Entry>>,
): Violation[] {
  return lines.flatMap((each): Violation[] => {
    if (each.t !== 'entry') return [];
    const { client, room, entry } = each;
    const log = logs.get(room);
    if (!log) return [];
    const stored = log.get(entry.seq);
    const shown = [`${room}#${entry.seq}`];
    if (!stored)
      return [
        { promise: 'phantom', what: `${client} was sent ${entry.seq}, which is not in the log`, shown },
      ];
    if (entry.digest !== undefined && entry.digest !== stored.digest) {
      return [
        { promise: 'phantom', what: `${client} was sent another ${entry.seq} than the log has`, shown },
      ];
    }
    return [];
  });
}

function checkEnds(lines: readonly Line[]): Violation[] {
  return linesOf(lines, 'settled').flatMap(({ client, room, seq, head }): Violation[] => {
    if (seq >= head) return [];
    const what = `${client} ended at ${seq}, and the log at ${head}`;
    return [{ promise: 'behind', what, shown: [`${room}#${seq}`, `${room}#${head}`] }];
  });
}
