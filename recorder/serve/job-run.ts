/** What a job does, in its thread. */
import { isAppError } from '../../platform/errors.ts';
import { RecordingKeys } from '../keys/recording-keys.ts';
import { type PlainAccess, plainAccess } from '../seal/plain.ts';
import { verifyPackage } from '../seal/verify.ts';
import type { JobOrder } from './job-messages.ts';

export interface JobDone {
  readonly result: Record<string, unknown>;
  readonly file?: string;
}

type Tell = (progress: number, step: string) => void;

/** Purposes in the order in which they are tried for checking plain bytes: any of them opens the same bytes. */
const PURPOSE_ORDER = ['quality', 'evidence', 'care', 'teaching'] as const;

export async function runJob(order: JobOrder, signal: AbortSignal, tell: Tell): Promise<JobDone> {
  tell(0, 'verify');
  const plain = await anyPlain(order);
  const report = await verifyPackage({
    folder: order.folder,
    signal,
    ...(plain ? { plain } : {}),
    onProgress: ({ doneBytes, totalBytes }) => tell(totalBytes === 0 ? 1 : doneBytes / totalBytes, 'verify'),
  });
  return { result: { ...report } };
}

/** Without any key left the stored bytes and the seal are checked all the same. */
async function anyPlain({
  folder,
  roomId,
  keysFolder,
  masterKey,
}: JobOrder): Promise<PlainAccess | undefined> {
  const keys = new RecordingKeys({ folder: keysFolder, masterKey });
  try {
    const left = await keys.purposes(roomId);
    const purpose = PURPOSE_ORDER.find((each) => left.includes(each));
    return purpose && plainAccess({ folder, roomId, keys, purpose });
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}
