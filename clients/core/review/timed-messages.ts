/** Reads segments of recorded messages: records of room time, kind, length and content (recorder/package/messages.ts). */
import type * as z from 'zod/mini';

const HEAD_BYTES = 13;
/** A message as it was sent. */
const PLAIN = 1;

export interface TimedMessage<T> {
  /** Room time in milliseconds. */
  readonly at: number;
  readonly message: T;
}

/**
 * The messages of a segment that are JSON of a schema; what is none is passed over, since any peer may have sent it. A segment that is
 * cut off gives what is whole.
 */
export function timedMessages<S extends z.ZodMiniType>(
  segment: Uint8Array,
  schema: S,
): TimedMessage<z.infer<S>>[] {
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const found: TimedMessage<z.infer<S>>[] = [];
  for (let offset = 0; offset + HEAD_BYTES <= segment.length; ) {
    const at = view.getFloat64(offset);
    const kind = view.getUint8(offset + 8);
    const start = offset + HEAD_BYTES;
    const end = start + view.getUint32(offset + 9);
    if (end > segment.length) break;
    offset = end;
    const parsed = kind === PLAIN ? schema.safeParse(jsonOf(segment.subarray(start, end))) : undefined;
    if (parsed?.success) found.push({ at, message: parsed.data });
  }
  return found;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // No JSON is no message; the schema refuses what is given back here.
    return undefined;
  }
}
