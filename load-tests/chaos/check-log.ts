/** What the log itself must be: every number once, epochs and room time never going back, a chain that holds. */
import type { Facts, Violation } from './facts.ts';
import { linesOf } from './facts.ts';
import type { LineOf } from './history.ts';

export function checkLogs({ lines, logs }: Facts): Violation[] {
  return [...[...logs.values()].flatMap(checkLog), ...checkNode(linesOf(lines, 'node'))];
}

function checkLog({ room, entries, whole, broken }: LineOf<'log'>): Violation[] {
  const found: Violation[] = [];
  if (!whole) {
    found.push({
      promise: 'log-hole',
      what: `the chain of ${room} is broken: ${broken ?? ''}`,
      shown: [room],
    });
  }
  let last = { seq: 0, epoch: 0, roomMs: 0 };
  for (const { seq, epoch = last.epoch, roomMs = last.roomMs } of entries) {
    const shown = [`${room}#${last.seq}`, `${room}#${seq}`];
    if (seq !== last.seq + 1) {
      found.push({ promise: 'log-hole', what: `the log has ${seq} after ${last.seq}`, shown });
    }
    if (epoch < last.epoch) {
      found.push({ promise: 'epoch', what: `epoch ${epoch} was written after epoch ${last.epoch}`, shown });
    }
    if (roomMs < last.roomMs) {
      found.push({ promise: 'room-time', what: `room time ${roomMs} after ${last.roomMs}`, shown });
    }
    last = { seq, epoch: Math.max(epoch, last.epoch), roomMs: Math.max(roomMs, last.roomMs) };
  }
  return found;
}

/** As the media node saw its owners, within each of its lives. */
function checkNode(seen: readonly LineOf<'node'>[]): Violation[] {
  const newest = new Map<string, number>();
  const found: Violation[] = [];
  for (const { boot, room, epoch } of seen) {
    const key = `${boot} ${room}`;
    const last = newest.get(key) ?? 0;
    if (epoch < last) {
      const what = `the media node obeyed epoch ${epoch} after ${last}`;
      found.push({ promise: 'epoch', what, shown: [room] });
    }
    newest.set(key, Math.max(last, epoch));
  }
  return found;
}
