/** The recorders of a process: its own beside its media node, those of other hosts by their address, or itself. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Config } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import { masterKeyFingerprint } from '../../recorder/keys/fingerprint.ts';
import { isKeyCopyConfirmed, keyCopyMissing, WITHOUT_A_COPY } from '../../recorder/keys/key-copy.ts';
import { connectRecorder } from '../../recorder/link-client.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import type { RecorderClient } from '../../signaling/protocol/recorder.ts';
import type { RecorderAddress } from '../../signaling/recordings/recorders.ts';
import { clusterSecret } from './media-node.ts';
import type { Register } from './open.ts';
import { RecorderProcess } from './recorder-process.ts';

export interface Recorders {
  /** Links of the owner of rooms, for `createRecordingService`. */
  readonly clients: readonly RecorderClient[];
  /** Where their internal HTTP answers now. */
  readonly addresses: () => readonly RecorderAddress[];
  /** The process of `--role all`. */
  readonly process?: RecorderProcess;
  /** Fingerprint of a master key of which no copy is confirmed, for the welcome to say what that means. */
  readonly uncopiedKey?: string;
}

/** The recorders that this process's rooms use; none with `recording.enabled` false. */
export async function openRecorders(config: Config, register: Register): Promise<Recorders> {
  if (config.role === 'signaling') return openLinks(config, register);
  if (!config.recording.enabled) return { clients: [], addresses: () => [] };
  const masterKey = await readMasterKey(config.dataDir);
  const { ready, isCopied } = await checkKeyCopy(config, masterKey);
  const own = new RecorderProcess({ config, masterKey, ready, logger: createLogger('recorder.process') });
  register('recorder process', (reason) => own.close(reason));
  const { nodeId } = own.client;
  return {
    clients: [own.client],
    addresses: () =>
      own.port === undefined ? [] : [{ nodeId, url: `http://127.0.0.1:${own.port}`, secret: own.secret }],
    process: own,
    ...(isCopied ? {} : { uncopiedKey: masterKeyFingerprint(masterKey) }),
  };
}

function openLinks(config: Config, register: Register): Recorders {
  const { recorders, caFile } = config.cluster;
  const secret = clusterSecret(config);
  const logger = createLogger('signaling.recorders');
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  const clients = recorders.map(({ id, url }) => connectRecorder({ nodeId: id, url, secret, logger, ...ca }));
  for (const link of clients) register(`link to recorder ${link.nodeId}`, (reason) => link.close(reason));
  const addresses = recorders.map(({ id, url }) => ({
    ...{ nodeId: id, url: url.replace(/^ws/, 'http'), secret },
    ...ca,
  }));
  return { clients, addresses: () => addresses };
}

/** `--role recorder`: this process is the recorder of its host. */
export async function openRecorderRole(
  config: Config,
  registry: Registry,
  register: Register,
): Promise<void> {
  const masterKey = await readMasterKey(config.dataDir);
  const { ready } = await checkKeyCopy(config, masterKey);
  const { host, port, certFile, keyFile } = config.recording.control;
  const files = certFile === undefined || keyFile === undefined ? undefined : [keyFile, certFile];
  const [key, cert] = await Promise.all((files ?? []).map((file) => readFile(file, 'utf8')));
  const { openRecorder } = await import('./recorder.ts');
  await openRecorder({
    ...{ config, masterKey, ready, registry, register },
    listen: {
      ...{ host, port, secret: clusterSecret(config) },
      ...(key === undefined || cert === undefined ? {} : { tls: { key, cert } }),
    },
  });
}

/**
 * Throws `key-copy-missing` where a copy of the master key has to be confirmed first; elsewhere it says loudly what is lost
 * without one. `ready` is false in production without a copy, where somebody has switched that demand off.
 */
async function checkKeyCopy(
  config: Config,
  masterKey: Uint8Array,
): Promise<{ ready: boolean; isCopied: boolean }> {
  if (await isKeyCopyConfirmed(config.dataDir, masterKey)) return { ready: true, isCopied: true };
  const production = config.role === 'recorder' || process.env.NODE_ENV === 'production';
  if (config.recording.requireKeyCopy ?? production) throw keyCopyMissing(masterKey);
  createLogger('recorder').warn({ code: 'key-copy-missing' }, WITHOUT_A_COPY);
  return { ready: !production, isCopied: false };
}
