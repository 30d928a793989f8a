/** What a job does, in its thread. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import type { JobRequest } from '../../signaling/protocol/recorder-http.ts';
import { exportClip } from '../export/export.ts';
import { zipExport } from '../export/zip.ts';
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

export function runJob(order: JobOrder, signal: AbortSignal, tell: Tell): Promise<JobDone> {
  const { request } = order;
  return request.kind === 'export' ? runExport(order, request, signal, tell) : runVerify(order, signal, tell);
}

/** One zip file with everything; the folder it was made from is removed. */
async function runExport(
  { folder, roomId, keysFolder, masterKey, output }: JobOrder,
  {
    jobId,
    request,
    purpose,
    by,
    title,
    labels,
    marks,
    drawn = [],
    custody,
  }: Extract<JobRequest, { kind: 'export' }>,
  signal: AbortSignal,
  tell: Tell,
): Promise<JobDone> {
  const keys = new RecordingKeys({ folder: keysFolder, masterKey });
  const access = plainAccess({ folder, roomId, keys, purpose });
  const out = join(output, 'export');
  const details = { purpose, by, title, labels, marks, drawn, custody };
  const made = await exportClip({ ...request, ...details, folder, out, access }, tell, signal);
  const file = join(output, `${jobId}.zip`);
  tell(1, 'packing');
  await zipExport(made, file, `recording-${roomId}`, signal);
  await rm(out, { recursive: true, force: true });
  return { result: { notes: made.notes, missing: made.missing, files: made.files.length }, file };
}

async function runVerify(order: JobOrder, signal: AbortSignal, tell: Tell): Promise<JobDone> {
  tell(0, 'verify');
  const plain = await anyPlain(order);
  const report = await verifyPackage({
    folder: order.folder,
    keyId: order.keyId,
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
