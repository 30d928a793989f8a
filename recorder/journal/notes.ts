/** Notes of a journal as JSON, parsed strictly when they are read again. */
import * as z from 'zod/mini';
import type { TrackNote } from '../core/types.ts';

const detail = z.optional(z.string().check(z.maxLength(500)));
const Count = z.int().check(z.gte(0));

const Note = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('parameters'), rtpParameters: z.unknown(), epoch: z.int() }),
  z.strictObject({
    kind: z.enum(['paused', 'resumed', 'muted', 'unmuted', 'link-lost', 'link-back', 'rung']),
    detail,
  }),
  z.strictObject({ kind: z.literal('kernel-drop'), packets: Count }),
  z.strictObject({ kind: z.literal('recorder-back') }),
  z.strictObject({ kind: z.literal('shed'), level: z.string().check(z.maxLength(32)) }),
  z.strictObject({ kind: z.literal('dropped'), packets: Count }),
  z.strictObject({ kind: z.literal('stopped'), reason: z.string().check(z.maxLength(1000)) }),
]);

export function encodeNote(note: TrackNote): Uint8Array {
  return Buffer.from(JSON.stringify(note), 'utf8');
}

/** Throws for anything that is not a note of this version. */
export function decodeNote(bytes: Uint8Array): TrackNote {
  const note = Note.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  switch (note.kind) {
    case 'parameters':
      return { kind: note.kind, rtpParameters: note.rtpParameters, epoch: note.epoch };
    case 'kernel-drop':
    case 'dropped':
    case 'recorder-back':
    case 'shed':
    case 'stopped':
      return note;
    default:
      return { kind: note.kind, ...(note.detail === undefined ? {} : { detail: note.detail }) };
  }
}
