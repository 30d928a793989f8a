/** The list of everything that was fetched, from which an offline bundle can be made. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { writeAtomically } from '../files.ts';

export interface FetchedItem {
  /** What it is, such as `Node` or `npm package koa`. One entry is kept for each `what`. */
  readonly what: string;
  readonly version: string;
  /** Where it came from: a registry's package, a download, the system's packages, or built here. */
  readonly source: 'npm' | 'download' | 'apt' | 'built';
  /** Its address, or its name in the registry. */
  readonly from: string;
  /** Subresource-integrity form (`sha512-…` or `sha256-…`); absent where the package system checks by itself. */
  readonly integrity?: string;
  /** Bytes as fetched, where known. */
  readonly size?: number;
}

const listName = 'fetched.json';

export function isFetchedItem(value: unknown): value is FetchedItem {
  return typeof value === 'object' && value !== null && 'what' in value && typeof value.what === 'string';
}

/** Reads the list; an unreadable one counts as empty, because it can always be made again by a new set-up. */
export async function readFetched(cache: string): Promise<FetchedItem[]> {
  try {
    const parsed: unknown = JSON.parse(await readFile(join(cache, listName), 'utf8'));
    return Array.isArray(parsed) ? parsed.filter(isFetchedItem) : [];
  } catch {
    return [];
  }
}

/** Adds items to the list, replacing those of the same `what`. */
export async function recordFetched(cache: string, items: readonly FetchedItem[]): Promise<void> {
  const byName = new Map((await readFetched(cache)).map((item) => [item.what, item]));
  for (const item of items) byName.set(item.what, item);
  const sorted = [...byName.values()].sort((a, b) => (a.what < b.what ? -1 : 1));
  await writeAtomically(join(cache, listName), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** The integrity of a file's content (`sha256-` and base64) and its size in bytes. */
export async function integrityOf(file: string): Promise<{ integrity: string; size: number }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { integrity: `sha256-${hash.digest('base64')}`, size: (await stat(file)).size };
}
