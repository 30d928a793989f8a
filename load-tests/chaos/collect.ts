/** What stands in the store and in the recorder's folder when a run is over. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openDatabase } from '../../platform/sql/database.ts';
import { LOG_FILE } from '../../recorder/core/state.ts';
import { packageFolder } from '../../recorder/room-state.ts';
import { verifyPackage } from '../../recorder/seal/verify.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { openEntry, unwrapRoomKey } from '../../signaling/rooms/entry-seal.ts';
import { SqlLogStore } from '../../signaling/rooms/sql-log-store.ts';
import { verifyChain } from '../../signaling/rooms/verify-chain.ts';
import { entryOf } from './entries.ts';
import type { Entry, LineOf } from './history.ts';
import type { ChaosStack } from './stack.ts';

const PAGE = 500;
const SEAL_MS = 90_000;
const Recorded = z.looseObject({ seq: z.int() });

/** Reads the store with a connection of its own, for as long as `work` takes. */
export async function withStore<T>(stack: ChaosStack, work: (store: SqlLogStore) => Promise<T>): Promise<T> {
  const database = await openDatabase(stack.databaseUrl);
  try {
    return await work(await SqlLogStore.open(database));
  } finally {
    await database.close();
  }
}

/** The number of the last entry of a room. */
export async function headOf(store: SqlLogStore, room: string): Promise<number> {
  const head = await store.head(room);
  if (!head) throw new Error(`the store has no room ${room}`);
  return head.seq;
}

/** The whole log of a room, opened with its key, and whether its chain holds. */
export async function logOf(
  store: SqlLogStore,
  stack: ChaosStack,
  room: string,
): Promise<Omit<LineOf<'log'>, 'at'>> {
  const wrapped = await store.wrappedKey(room);
  if (!wrapped) throw new Error(`the key of ${room} is gone`);
  const key = unwrapRoomKey(stack.masterKey, room, wrapped);
  const entries: Entry[] = [];
  for (;;) {
    const page = await store.read(room, (entries.at(-1)?.seq ?? 0) + 1, PAGE);
    if (page.length === 0) break;
    entries.push(...page.map((sealed) => entryOf(openEntry(key, room, sealed).entry)));
  }
  const { whole, broken } = await verifyChain(store, stack.masterKey, room);
  return { t: 'log', room, entries, whole, ...(broken ? { broken: `${broken.what} at ${broken.seq}` } : {}) };
}

/** Waits until the recorder has sealed a room that was closed, and says what it has. */
export async function packageOf(stack: ChaosStack, room: string): Promise<Omit<LineOf<'package'>, 'at'>> {
  const folder = packageFolder(stack.recorderFolder, room);
  const deadline = performance.now() + SEAL_MS;
  let manifest = await readManifest(folder);
  while (manifest?.state !== 'sealed' && performance.now() < deadline) {
    await sleep(100);
    manifest = await readManifest(folder);
  }
  if (!manifest) {
    return { t: 'package', room, state: 'missing', seqs: [], findings: [], segments: 0, undecoded: 0 };
  }
  const { findings } = await verifyPackage({ folder });
  const lines = (await readFile(join(folder, LOG_FILE), 'utf8')).split('\n').filter((each) => each !== '');
  const segments = manifest.tracks.reduce((sum, track) => sum + track.segments.length, 0);
  return {
    t: 'package',
    room,
    state: manifest.state,
    seqs: lines.map((each) => Recorded.parse(JSON.parse(each)).seq),
    findings: findings.map((each) => JSON.stringify(each)),
    segments,
    undecoded: segments - (manifest.check?.decoded ?? 0),
  };
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch {
    // Not written yet, or being replaced.
    return undefined;
  }
}
