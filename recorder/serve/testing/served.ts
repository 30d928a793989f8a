/** A recorder that serves the package of `seal/testing/package.ts` on a real port. For tests only. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../platform/clock.ts';
import { writeAtomically } from '../../../platform/files.ts';
import { createLogger } from '../../../platform/log.ts';
import { signLinkToken } from '../../../platform/rpc/proof.ts';
import type { Manifest, ManifestTrack } from '../../../signaling/protocol/manifest.ts';
import { OpenStores } from '../../core/open-stores.ts';
import { type RecordingState, STATE_FILE } from '../../core/state.ts';
import { indexFile } from '../../package/names.ts';
import { writeManifest } from '../../seal/manifest-file.ts';
import { sealPackage } from '../../seal/seal.ts';
import { makePackage, type TestPackage } from '../../seal/testing/package.ts';
import { openRecorderServe, type RecorderServe } from '../serve.ts';
import type { DiskSpace } from '../space.ts';

export const SECRET = 'a secret of the cluster, 32 letters or more';

export interface Served {
  readonly url: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly made: TestPackage;
  readonly clock: ManualClock;
  readonly serve: RecorderServe;
  /** What uploads see of the disk; tests may fill it. */
  setDisk(disk: DiskSpace): void;
  readonly stores: OpenStores;
  seal(): Promise<Manifest>;
  /** Makes the room go on: its state and the indexes of its tracks lie there as a packager leaves them. */
  goOn(): Promise<void>;
  /** Ends it again; the package is as it was made, but not checked. `state`: how far the recorder says it is. */
  end(state?: RecordingState['package']): Promise<void>;
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** The package is of the room `room-1`, checked and not sealed. */
export async function serveTestPackage(): Promise<Served> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gh-serve-'));
  const masterKey = randomBytes(32);
  const folder = join(dataDir, 'recordings', 'room-1');
  const made = await makePackage(folder, masterKey, join(dataDir, 'recording-keys'));
  const clock = new ManualClock();
  const stores = new OpenStores();
  let disk: DiskSpace = { level: 'ok', freeBytes: 1e12, reserveBytes: 1e9 };
  const serve = await openRecorderServe({
    dataDir,
    masterKey,
    secret: SECRET,
    signer: made.signer,
    logger: createLogger('test', {}, { level: 'silent' }),
    clock,
    disk: async () => disk,
    stores,
  });
  const server = createServer(serve.onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    url,
    dataDir,
    folder,
    made,
    clock,
    serve,
    stores,
    setDisk(next) {
      disk = next;
    },
    seal: async () => (await sealPackage({ folder, signer: made.signer })).manifest,
    async goOn() {
      await writeState(folder, made.manifest, false);
      for (const track of made.manifest.tracks) await writeIndex(folder, track);
    },
    async end(state = 'ended') {
      await writeState(folder, made.manifest, true, state);
      await writeManifest(folder, { ...made.manifest, state: 'ended' });
    },
    ask: (path, init = {}) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { authorization: `Bearer ${signLinkToken(SECRET)}`, ...init.headers },
      }),
    async close() {
      await serve.close('test is over');
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function writeState(
  folder: string,
  manifest: Manifest,
  finished: boolean,
  state: RecordingState['package'] = 'recording',
): Promise<void> {
  const { roomId, incidentId, drill, createdUtc } = manifest;
  const kept: RecordingState = {
    format: 'goldenhour-room',
    version: 1,
    ...{ roomId, incidentId, drill, createdUtc },
    epoch: 1,
    recording: !finished,
    spans: [{ fromAt: '0', from: 0, by: 'system', reason: 'on by default' }],
    tracks: manifest.tracks.map(({ trackId, kind, owner, role, epochs }) => ({
      trackId,
      media: {
        trackId,
        kind: kind === 'audio' ? 'audio' : 'video',
        role: role ?? 'patient',
        owner,
        rtpParameters: { codecs: [], encodings: [] },
      },
      epochs,
      ended: finished,
    })),
    ...(finished ? { finished: { endedAt: manifest.to, reason: 'done' } } : {}),
    package: state,
  };
  await writeAtomically(join(folder, STATE_FILE), JSON.stringify(kept));
}

async function writeIndex(folder: string, track: ManifestTrack): Promise<void> {
  const { inits, segments, gaps, clock, thumbnails, journal, statistics, durableUntil } = track;
  const numbered = [
    ...inits.map((init) => ({ init })),
    ...segments.map((segment) => ({ segment })),
    ...gaps.map((gap) => ({ gap })),
    ...clock.map((point) => ({ clock: point })),
  ].map((line, index) => ({ number: index + 1, ...line }));
  const others = [
    ...thumbnails.map((thumbnail) => ({ thumbnail })),
    ...journal.map((file) => ({ journal: file })),
    { statistics, durableUntil },
  ];
  const lines = [...numbered, ...others].map((line) => `${JSON.stringify(line)}\n`);
  await writeAtomically(join(folder, indexFile(track.trackId)), lines.join(''));
}
