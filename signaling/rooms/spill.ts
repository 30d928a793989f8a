/**
 * Where commits go while the store is away: one append-only file per room and epoch, synced before anyone is told.
 * A line is one commit, `<SHA-256 of the rest> <JSON>`, so a line torn by a power cut is known: it was never durable and
 * therefore never told. Entries lie in it sealed, as in the store.
 *
 * The folder is the identity of an owner: its `owner-id` is what the rooms' rows name. A process that starts on the same
 * folder is the same owner, finds its own spill, and knows whether it holds something unwritten.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import { whenNotBusy } from '../../platform/sql/sqlite-dialect.ts';
import type { RoomFacts, SealedEntry } from './log-store.ts';

/** One commit, as it is to be written back. */
export interface SpilledCommit {
  readonly entries: readonly SealedEntry[];
  readonly facts: RoomFacts;
}

const Line = z.strictObject({
  facts: z.strictObject({ incidentId: z.string(), drill: z.boolean(), phase: z.enum(['open', 'closed']) }),
  entries: z.array(
    z.strictObject({
      seq: z.int(),
      epoch: z.int(),
      at: z.int(),
      utc: z.int(),
      actor: z.string(),
      commandId: z.optional(z.string()),
      audience: z.string(),
      payloadHash: z.string(),
      hash: z.string(),
      body: z.string(),
    }),
  ),
});

/** What a spill file holds: its commits in order, and whether a broken line ended the reading. */
export interface SpillContent {
  readonly roomId: string;
  readonly epoch: number;
  readonly commits: readonly SpilledCommit[];
  readonly damaged: boolean;
}

export class SpillFolder {
  readonly #path: string;
  readonly #lock: DatabaseSync;
  readonly ownerId: string;

  private constructor(path: string, lock: DatabaseSync, ownerId: string) {
    this.#path = path;
    this.#lock = lock;
    this.ownerId = ownerId;
  }

  /**
   * Opens the folder, made when missing, and gives it an owner id the first time. Throws `spill-folder-in-use` when
   * another process has it and does not let go within `waitMs`: one that is being replaced may still be going down.
   */
  static async open(path: string, waitMs = 5000): Promise<SpillFolder> {
    await mkdir(join(path, 'aside'), { recursive: true, mode: 0o700 });
    const lock = await lockFolder(path, waitMs);
    try {
      return new SpillFolder(path, lock, await ownerIdOf(path));
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /** Lets the folder go; its files stay for the next start. Idempotent. */
  close(): void {
    if (this.#lock.isOpen) this.#lock.close();
  }

  file(roomId: string, epoch: number): SpillFile {
    return new SpillFile(this.#path, `${roomId}.${epoch}.spill`);
  }

  /** The epochs of a room that left a spill behind, oldest first. */
  async epochs(roomId: string): Promise<readonly number[]> {
    const names = await readdir(this.#path);
    return names
      .flatMap((name) => {
        const match = /^(.+)\.(\d+)\.spill$/.exec(name);
        return match?.[1] === roomId ? [Number(match[2])] : [];
      })
      .sort((a, b) => a - b);
  }

  /** Every room that left a spill behind. */
  async rooms(): Promise<readonly string[]> {
    const names = await readdir(this.#path);
    return [...new Set(names.flatMap((name) => /^(.+)\.\d+\.spill$/.exec(name)?.[1] ?? []))];
  }

  async read(roomId: string, epoch: number): Promise<SpillContent> {
    const text = await readFile(join(this.#path, `${roomId}.${epoch}.spill`), 'utf8');
    const lines = text.split('\n');
    const commits: SpilledCommit[] = [];
    for (const [index, line] of lines.entries()) {
      if (line === '') continue;
      const commit = parseLine(line);
      // Only the last line can be torn by a crash; a broken one before it is damage of the disk.
      if (!commit) return { roomId, epoch, commits, damaged: index < lines.length - 1 };
      commits.push(commit);
    }
    return { roomId, epoch, commits, damaged: false };
  }
}

export class SpillFile {
  readonly #folder: string;
  readonly #name: string;
  #handle: FileHandle | undefined;

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Resolves when the commit is on the disk. After a failure nothing may be appended any more: the line may be torn. */
  async append(commit: SpilledCommit): Promise<void> {
    if (!this.#handle) {
      this.#handle = await open(join(this.#folder, this.#name), 'a', 0o600);
      await syncFolder(this.#folder);
    }
    await this.#handle.appendFile(formatLine(commit));
    await this.#handle.datasync();
  }

  /** Removes the file after all of it was written back. */
  async remove(): Promise<void> {
    await this.close();
    await rm(join(this.#folder, this.#name), { force: true });
    await syncFolder(this.#folder);
  }

  /** Keeps the file out of the way: another owner has taken over, and what it holds must not be lost silently. */
  async setAside(): Promise<string> {
    await this.close();
    const kept = join('aside', `${this.#name}.${newId()}`);
    await rename(join(this.#folder, this.#name), join(this.#folder, kept));
    await syncFolder(this.#folder);
    return kept;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/**
 * Two processes with one owner id would take each other's rooms and spills. Node has no file lock; SQLite takes the
 * operating system's, which ends with the process however that ends.
 */
async function lockFolder(path: string, waitMs: number): Promise<DatabaseSync> {
  const lock = new DatabaseSync(join(path, 'lock'), { timeout: 0 });
  try {
    await whenNotBusy(() => lock.exec('begin exclusive'), waitMs);
    return lock;
  } catch (error) {
    lock.close();
    throw new AppError('spill-folder-in-use', 'Another process uses this spill folder.', {
      whatToDo: 'Give each signaling process a data folder of its own, or stop the other one first.',
      details: { path },
      cause: error,
    });
  }
}

async function ownerIdOf(path: string): Promise<string> {
  const file = join(path, 'owner-id');
  const known = await readFile(file, 'utf8').catch((error: unknown) => ifMissing(error, ''));
  if (known.trim() !== '') return known.trim();
  const ownerId = newId();
  await writeFile(file, ownerId, { mode: 0o600, flush: true });
  await syncFolder(path);
  return ownerId;
}

function formatLine({ entries, facts }: SpilledCommit): string {
  const json = JSON.stringify({
    facts: { incidentId: facts.incidentId, drill: facts.drill, phase: facts.phase },
    entries: entries.map((entry) => ({ ...entry, body: Buffer.from(entry.body).toString('base64') })),
  });
  return `${checksum(json)} ${json}\n`;
}

function parseLine(line: string): SpilledCommit | undefined {
  const json = line.slice(65);
  if (line.slice(0, 64) !== checksum(json)) return undefined;
  const { facts, entries } = z.parse(Line, JSON.parse(json));
  return { facts, entries: entries.map((entry) => ({ ...entry, body: Buffer.from(entry.body, 'base64') })) };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A file that was just made or renamed is only safe when its folder is synced too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function ifMissing<T>(error: unknown, value: T): T {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
  throw error;
}
