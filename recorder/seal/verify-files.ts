/** Compares the files of a package with what its manifest and seal say of them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile, inParallel } from './hash-file.ts';
import { STATE_FILES, SUPPLEMENTS_FOLDER } from './layout.ts';
import type { FileLeaf } from './leaves.ts';
import type { Finding, FindingCode, Findings } from './report.ts';

/** Enough to keep the disk busy while small files are opened and closed; the hash runs on one core anyway. */
const WIDTH = 4;

export interface FileProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface FileCheck {
  readonly folder: string;
  readonly leaves: readonly FileLeaf[];
  readonly findings: Findings;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FileProgress) => void;
}

/** Where a leaf's file belongs, for a finding. */
export function placeOf({ file, trackId, n, from, to, at }: FileLeaf): Omit<Finding, 'code' | 'detail'> {
  return {
    file,
    ...(trackId === undefined ? {} : { trackId }),
    ...(n === undefined ? {} : { segment: n }),
    ...(from === undefined ? (at === undefined ? {} : { from: at }) : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Hashes every file that a leaf names. Returns how many bytes were read. */
export async function checkFiles(check: FileCheck): Promise<number> {
  const { folder, leaves, findings, signal, onProgress } = check;
  const totalBytes = leaves.reduce((sum, { bytes }) => sum + bytes, 0);
  const byHash = new Map(leaves.map(({ file, hash }) => [hash, file]));
  const wrong: { readonly leaf: FileLeaf; readonly code: FindingCode; readonly detail: string }[] = [];
  let doneBytes = 0;
  await inParallel(leaves, WIDTH, async (leaf) => {
    signal?.throwIfAborted();
    const flaw = await flawOf(folder, leaf, byHash, signal);
    if (flaw) wrong.push({ leaf, ...flaw });
    doneBytes += leaf.bytes;
    onProgress?.({ doneBytes, totalBytes });
  });
  // In the order of the manifest, whichever was read first.
  const order = new Map(leaves.map((leaf, index) => [leaf, index]));
  wrong.sort((a, b) => (order.get(a.leaf) ?? 0) - (order.get(b.leaf) ?? 0));
  for (const { leaf, code, detail } of wrong) findings.add(code, detail, placeOf(leaf));
  return doneBytes;
}

async function flawOf(
  folder: string,
  leaf: FileLeaf,
  byHash: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<{ code: FindingCode; detail: string } | undefined> {
  const found = await hashFile(join(folder, leaf.file), signal).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : String(code ?? error);
  });
  if (found === undefined) return { code: 'missing', detail: 'the file is not there' };
  if (typeof found === 'string') return { code: 'unreadable', detail: `the file cannot be read: ${found}` };
  if (found.hash === leaf.hash && found.bytes === leaf.bytes) return undefined;
  const other = byHash.get(found.hash);
  if (other !== undefined && other !== leaf.file)
    return { code: 'moved', detail: `it holds the bytes of ${other}` };
  if (found.bytes < leaf.bytes)
    return { code: 'cut-short', detail: `${found.bytes} bytes instead of ${leaf.bytes}` };
  if (found.bytes > leaf.bytes)
    return { code: 'longer', detail: `${found.bytes} bytes instead of ${leaf.bytes}` };
  return { code: 'altered', detail: 'its bytes are not those that were sealed' };
}

/** Names every file of the package that nothing names. */
export async function checkStrangers(
  folder: string,
  known: ReadonlySet<string>,
  findings: Findings,
): Promise<void> {
  for (const { file, regular } of await walk(folder, '')) {
    if (!regular) findings.add('not-a-file', 'neither a file nor a folder may stand here', { file });
    else if (!known.has(file) && isEvidence(file))
      findings.add('added', 'nothing that was sealed names this file', { file });
  }
}

/** False for the recorder's own state, and for what is added later and sealed by itself. */
export function isEvidence(file: string): boolean {
  return !STATE_FILES.has(file) && !file.startsWith(`${SUPPLEMENTS_FOLDER}/`);
}

/** All files below `folder`, as paths inside it, in order of their names. */
export async function walk(folder: string, inside: string): Promise<{ file: string; regular: boolean }[]> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const found: { file: string; regular: boolean }[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await walk(folder, file)));
    else found.push({ file, regular: entry.isFile() });
  }
  return found;
}
