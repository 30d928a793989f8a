/** A recorder that serves the package of `seal/testing/package.ts` on a real port. For tests only. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../platform/clock.ts';
import { createLogger } from '../../../platform/log.ts';
import { signLinkToken } from '../../../platform/rpc/proof.ts';
import type { Manifest } from '../../../signaling/protocol/manifest.ts';
import { writeManifest } from '../../seal/manifest-file.ts';
import { sealPackage } from '../../seal/seal.ts';
import { makePackage, type TestPackage } from '../../seal/testing/package.ts';
import { openRecorderServe, type RecorderServe } from '../serve.ts';

export const SECRET = 'a secret of the cluster, 32 letters or more';

export interface Served {
  readonly url: string;
  readonly dataDir: string;
  readonly folder: string;
  readonly made: TestPackage;
  readonly clock: ManualClock;
  readonly serve: RecorderServe;
  seal(): Promise<Manifest>;
  /** Writes the manifest with some fields changed. */
  change(fields: Partial<Manifest>): Promise<void>;
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
  const serve = await openRecorderServe({
    dataDir,
    masterKey,
    secret: SECRET,
    signer: made.signer,
    logger: createLogger('test', {}, { level: 'silent' }),
    clock,
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
    seal: async () => (await sealPackage({ folder, signer: made.signer })).manifest,
    change: (fields) => writeManifest(folder, { ...made.manifest, ...fields }),
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
