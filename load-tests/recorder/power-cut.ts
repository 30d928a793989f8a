/**
 * A power cut, played on a folder: what was flushed stays, everything else is gone (POSIX promises no more, although file systems
 * mostly keep more). The records come from `sync-watch.ts` inside the recorder.
 */
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const RECORDS = 'records.jsonl';
const Entry = z.strictObject({ name: z.string(), ino: z.number(), folder: z.boolean() });
const Synced = z.strictObject({
  ino: z.number(),
  /** Of a file. */
  bytes: z.number().optional(),
  /** Of a folder. */
  entries: z.array(Entry).optional(),
});
type Synced = z.infer<typeof Synced>;

/** What a flush that begins now makes sure of; call the answer when it has ended. `path` may be one of /proc/self/fd. */
export function noteSync(shadow: string, path: string, stats: Stats): () => void {
  const real = path.startsWith('/proc/') ? readlinkSync(path) : path;
  const { ino, size } = stats;
  const record: Synced = stats.isDirectory() ? { ino, entries: entriesOf(real) } : { ino, bytes: size };
  if (stats.isFile()) keep(real, join(shadow, String(ino)));
  return () => appendFileSync(join(shadow, RECORDS), `${JSON.stringify(record)}\n`);
}

/** Begins with everything that stands in `root` taken for safe. `shadow` must be on the same file system. */
export function beginShadow(root: string, shadow: string): void {
  mkdirSync(shadow);
  writeFileSync(join(shadow, RECORDS), '');
  walk(root, shadow);
}

function walk(path: string, shadow: string): void {
  const stats = lstatSync(path);
  noteSync(shadow, path, stats)();
  if (stats.isDirectory()) for (const { name } of entriesOf(path)) walk(join(path, name), shadow);
}

/** Makes `made` what would be found of `root` after a power cut now. Answers how many bytes of known files were lost. */
export function cutPower(root: string, shadow: string, made: string): { lostBytes: number } {
  const sizes = new Map<number, number>();
  const folders = new Map<number, NonNullable<Synced['entries']>>();
  const lines = readFileSync(join(shadow, RECORDS), 'utf8').split('\n');
  for (const line of lines.slice(0, -1)) {
    const { ino, bytes, entries } = Synced.parse(JSON.parse(line));
    if (bytes !== undefined) sizes.set(ino, bytes);
    if (entries !== undefined) folders.set(ino, entries);
  }
  let lostBytes = 0;
  const build = (ino: number, into: string) => {
    mkdirSync(into);
    for (const entry of folders.get(ino) ?? []) {
      const target = join(into, entry.name);
      if (entry.folder) build(entry.ino, target);
      else lostBytes += layFile(join(shadow, String(entry.ino)), target, sizes.get(entry.ino));
    }
  };
  build(lstatSync(root).ino, made);
  return { lostBytes };
}

/** A file whose name is safe and whose content never was is empty after the cut. */
function layFile(from: string, target: string, bytes: number | undefined): number {
  if (bytes === undefined) {
    writeFileSync(target, '');
    return 0;
  }
  copyFileSync(from, target);
  const { size } = lstatSync(target);
  if (size > bytes) truncateSync(target, bytes);
  return Math.max(0, size - bytes);
}

function entriesOf(folder: string): NonNullable<Synced['entries']> {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const stats = lstatSync(join(folder, entry.name), { throwIfNoEntry: false });
    return stats ? [{ name: entry.name, ino: stats.ino, folder: entry.isDirectory() }] : [];
  });
}

/** A second name: an inode that has one is neither freed nor used again. */
function keep(file: string, link: string): void {
  try {
    linkSync(file, link);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
