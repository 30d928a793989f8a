/** What kills and power cuts have cost a recording, from what was sent and what stands in its journals and package. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LOG_FILE } from '../../recorder/core/state.ts';
import { readJournal } from '../../recorder/journal/reader.ts';
import { PACKAGE_KEY, RecordingKeys, trackKeyName } from '../../recorder/keys/recording-keys.ts';
import { rebuild } from '../../recorder/package/rebuild.ts';
import { packageFolder, recordingKeysFolder, trackFolder } from '../../recorder/room-state.ts';
import { plainAccess } from '../../recorder/seal/plain.ts';
import { verifyPackage } from '../../recorder/seal/verify.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import type { LiveSource } from './live-source.ts';
import { ROOM_ID, type RoomOwner } from './room-owner.ts';

export interface Stop {
  readonly how: 'kill' | 'power' | 'restart';
  /** Host time in milliseconds. */
  readonly at: number;
  /** Host time up to which each track had been reported durable. */
  readonly durable: ReadonlyMap<string, number>;
  /** Segments that the manifest had when it happened. */
  readonly segments: readonly { readonly file: string; readonly hash: string }[];
}

export interface StopCost {
  readonly how: Stop['how'];
  /** Age of the oldest packet that was sent before it and is not in the journal, the worst track; 0 when nothing is lost. */
  readonly lostBeforeMs: number;
  /** Until the first packet behind it that is in the journal, the worst track; absent when the next stop came before that. */
  readonly againMs?: number;
  /** From the last packet before it to the first behind it that are in the journal, the worst track. */
  readonly gapMs: number;
  /** How far a lost packet lay before a time that had been reported durable; 0 when every promise held. */
  readonly brokenPromiseMs: number;
}

export interface Outcome {
  readonly stops: readonly StopCost[];
  readonly facts: number;
  /** Acknowledged and not there after a restart, or not in the log of the package. */
  readonly lostFacts: number;
  readonly packets: number;
  readonly segments: number;
  /** Segments from before a stop that are gone or have other bytes at the end. */
  readonly changedSegments: number;
  /** Problems of the check, which decodes every segment with ffmpeg. */
  readonly checkProblems: readonly string[];
  readonly decoded: number;
  readonly whole: boolean;
  readonly findings: readonly string[];
  readonly differences: readonly string[];
  readonly ownerProblems: readonly string[];
  readonly packageState: string;
}

export interface OutcomeOptions {
  readonly dataDir: string;
  readonly masterKey: Uint8Array;
  readonly owner: RoomOwner;
  readonly sources: readonly LiveSource[];
  readonly stops: readonly Stop[];
}

export async function outcomeOf({
  dataDir,
  masterKey,
  owner,
  sources,
  stops,
}: OutcomeOptions): Promise<Outcome> {
  const keys = new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey });
  const folder = packageFolder(dataDir, ROOM_ID);
  const kept = new Map<string, Set<number>>();
  for (const { trackId } of sources) kept.set(trackId, await packetsOf(keys, dataDir, trackId));
  const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  const made = new Map(
    manifest.tracks.flatMap(({ segments }) => segments.map(({ file, hash }) => [file, hash])),
  );
  const earlier = new Map(stops.flatMap(({ segments }) => segments.map(({ file, hash }) => [file, hash])));
  const access = plainAccess({ folder, roomId: ROOM_ID, keys, purpose: 'evidence' });
  const report = await verifyPackage({ folder, plain: access });
  const again = await rebuild(folder, {
    trackKey: async (trackId) => (await keys.open(ROOM_ID, trackKeyName(trackId), 'evidence')).key,
    packageKey: async () => (await keys.open(ROOM_ID, PACKAGE_KEY, 'evidence')).key,
  });
  return {
    stops: stops.map((stop, index) => {
      const before = stops[index - 1]?.at ?? 0;
      const after = stops[index + 1]?.at ?? Number.POSITIVE_INFINITY;
      return costOf(stop, { before, after, attachedAt: owner.attachedAt }, sources, kept);
    }),
    facts: owner.facts,
    lostFacts: owner.lostFacts + owner.facts - (await countLines(join(folder, LOG_FILE))),
    packets: sources.reduce((sum, { sentAt }) => sum + sentAt.length, 0),
    segments: made.size,
    changedSegments: [...earlier].filter(([file, hash]) => made.get(file) !== hash).length,
    checkProblems: manifest.check?.problems.map(
      ({ trackId, code, detail }) => `${trackId} ${code} ${detail}`,
    ) ?? ['unchecked'],
    decoded: manifest.check?.decoded ?? 0,
    whole: report.whole,
    findings: report.findings.map((each) => JSON.stringify(each)),
    differences: again.differences.map(({ trackId, what }) => `${trackId} ${what}`),
    ownerProblems: owner.problems,
    packageState: manifest.state,
  };
}

/** Indexes of the packets that stand in the journal: sequence numbers, unwrapped. */
async function packetsOf(keys: RecordingKeys, dataDir: string, trackId: string): Promise<Set<number>> {
  const { key } = await keys.open(ROOM_ID, trackKeyName(trackId), 'evidence');
  const found = new Set<number>();
  let last = 0;
  for await (const { frame } of readJournal({ folder: trackFolder(dataDir, ROOM_ID, trackId), key })) {
    if (frame.type !== 'rtp') continue;
    const sequence = Buffer.from(frame.payload).readUInt16BE(2);
    last += ((sequence - last) << 16) >> 16;
    found.add(last);
  }
  return found;
}

/** Costs of one stop; the life before it began when the recorder had the tracks, which it may never have had. */
function costOf(
  { how, at, durable }: Stop,
  { before, after, attachedAt }: { before: number; after: number; attachedAt: readonly number[] },
  sources: readonly LiveSource[],
  kept: ReadonlyMap<string, ReadonlySet<number>>,
): StopCost {
  const lifeAt = attachedAt.find((each) => each > before && each <= at) ?? at;
  let [lostBeforeMs, againMs, gapMs, brokenPromiseMs] = [0, 0, 0, 0];
  for (const { trackId, sentAt } of sources) {
    const has = kept.get(trackId) ?? new Set();
    const sent = (index: number) => sentAt[index] ?? Number.POSITIVE_INFINITY;
    const began = sentAt.findIndex((each, index) => each > before && each <= at && has.has(index));
    const lost = sentAt.findIndex(
      (each, index) => began !== -1 && index > began && each <= at && !has.has(index),
    );
    const again = sentAt.findIndex((each, index) => each > at && has.has(index));
    const last = sentAt.findLastIndex((each, index) => each <= at && has.has(index));
    if (began === -1) lostBeforeMs = Math.max(lostBeforeMs, at - lifeAt);
    else if (lost !== -1) lostBeforeMs = Math.max(lostBeforeMs, at - sent(lost));
    againMs = Math.max(againMs, sent(again) - at);
    gapMs = Math.max(gapMs, sent(again) - (sentAt[last] ?? at));
    if (lost !== -1) brokenPromiseMs = Math.max(brokenPromiseMs, (durable.get(trackId) ?? 0) - sent(lost));
  }
  const again = at + againMs < after ? { againMs } : {};
  return { how, lostBeforeMs, ...again, gapMs, brokenPromiseMs };
}

async function countLines(file: string): Promise<number> {
  return (await readFile(file, 'utf8')).split('\n').length - 1;
}
