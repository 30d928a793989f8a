/** What the recorder and the thread of a job say to one another. */
import * as z from 'zod/mini';
import { JobRequest } from '../../signaling/protocol/recorder-http.ts';
import { Id } from '../../signaling/protocol/values.ts';

const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const JobOrder = z.strictObject({
  request: JobRequest,
  roomId: Id,
  /** The package. */
  folder: z.string(),
  keysFolder: z.string(),
  masterKey: Bytes,
  /** RFC 7638 thumbprint of the installation's own key. */
  keyId: z.string(),
  /** An empty folder for the result. */
  output: z.string(),
});
export type JobOrder = z.infer<typeof JobOrder>;

/** Asks the thread to stop. */
export const ToJobThread = z.strictObject({ type: z.literal('cancel') });

export const JobNews = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('progress'), progress: z.number(), step: z.string() }),
  z.strictObject({
    type: z.literal('done'),
    result: z.record(z.string(), z.unknown()),
    /** The file to download. */
    file: z.optional(z.string()),
  }),
  z.strictObject({ type: z.literal('failed'), code: z.string(), detail: z.string() }),
  z.strictObject({ type: z.literal('note'), text: z.string() }),
]);
export type JobNews = z.infer<typeof JobNews>;

/** Messages are plain JSON, so that nothing of a thread's memory is shared by mistake. */
export function fromJobThread(news: JobNews): string {
  return JSON.stringify(news);
}
