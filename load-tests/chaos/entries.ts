/** An entry as histories keep it: its number, its command, and a digest of all it says. */
import { createHash } from 'node:crypto';
import type { LogEntry } from '../../signaling/protocol/entry.ts';
import type { Entry } from './history.ts';

export function entryOf(entry: LogEntry): Entry {
  const { seq, epoch, commandId, at, utc, actor, audience, events } = entry;
  const said = JSON.stringify([epoch, at, utc, actor, commandId ?? '', audience, events]);
  const anchored = events.find((event) => event.type === 'RoomTimeAnchored');
  return {
    seq,
    epoch,
    ...(commandId === undefined ? {} : { commandId }),
    digest: createHash('sha256').update(said).digest('base64url').slice(0, 22),
    ...(anchored?.missingTail ? { missingAfter: anchored.missingTail.afterSeq } : {}),
    roomMs: at,
  };
}
