/** A recorder of this process: capture, packager, check, seal, internal HTTP and link, in the order in which they close last to first. */

import type { Config } from '../../platform/config/schema.ts';
import { createLogger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { WebsocketRpcServer } from '../../platform/rpc/websocket-server.ts';
import { findProgram } from '../../platform/setup/run-program.ts';
import type { RecordingState } from '../../recorder/core/state.ts';
import { RecordingKeys } from '../../recorder/keys/recording-keys.ts';
import { openSigningKey } from '../../recorder/keys/signing-key.ts';
import { serveRecorder } from '../../recorder/link-server.ts';
import { createPackager } from '../../recorder/package/packager.ts';
import { createRecorder, type Recorder } from '../../recorder/recorder.ts';
import { packageFolder, recordingKeysFolder } from '../../recorder/room-state.ts';
import { AfterEnd } from '../../recorder/seal/after-end.ts';
import { signerOf } from '../../recorder/seal/plain.ts';
import { openRecorderServe } from '../../recorder/serve/serve.ts';
import { processStatus } from './node-status.ts';
import type { Register } from './open.ts';

export interface RecorderParts {
  readonly config: Config;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** False where a copy of the master key should be confirmed and is not. */
  readonly ready: boolean;
  readonly registry: Registry;
  readonly register: Register;
  readonly listen: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    readonly secret: string;
    readonly tls?: { readonly key: string; readonly cert: string };
  };
}

/** Opens it and resolves when owners may connect. */
export async function openRecorder(
  parts: RecorderParts,
): Promise<{ recorder: Recorder; link: WebsocketRpcServer }> {
  const { config, masterKey, ready, registry, register, listen } = parts;
  const { dataDir } = config;
  const logger = createLogger('recorder');
  const keys = new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey });
  const signing = await openSigningKey(dataDir);
  const { reserveBytes, timestampUrl } = config.recording;
  const afterEnd = new AfterEnd({
    folderOf: (roomId) => packageFolder(dataDir, roomId),
    ...{ keysFolder: recordingKeysFolder(dataDir), masterKey, privateKey: signing.privateKey },
    ...(timestampUrl === undefined
      ? {}
      : { timeAuthority: { url: timestampUrl, allow: [...config.outgoing.allow] } }),
    log: logger,
  });
  const recorder = await createRecorder({
    ...{ dataDir, nodeId: config.sfu.nodeId, masterKey, keys, ready, logger, metrics: registry },
    ...(reserveBytes === undefined ? {} : { reserveBytes }),
    packager: openPackager(dataDir, keys, afterEnd),
    sealer: { seal: ({ roomId }) => afterEnd.seal(roomId) },
  });
  register('recorder', (reason) => recorder.close(reason));
  register('check and seal', () => afterEnd.close());
  const serve = await openRecorderServe({
    ...{ dataDir, masterKey, keys, signer: signerOf(signing) },
    secret: listen.secret,
    disk: () => recorder.disk(),
    stores: recorder.stores,
    logger: createLogger('recorder.serve'),
  });
  register('internal HTTP of the recorder', (reason) => serve.close(reason));
  const link = await serveRecorder({
    ...listen,
    recorder,
    logger: createLogger('recorder.link'),
    onRequest: processStatus({
      ...{ registry, logger, metrics: config.metrics },
      checks: () => ({ recorder: ready }),
      otherwise: serve.onRequest,
    }),
  });
  register('link of the recorder', (reason) => link.close(reason));
  return { recorder, link };
}

/** Packages in a thread of its own; what has ended is checked there and then, before it may be sealed. */
function openPackager(dataDir: string, keys: RecordingKeys, afterEnd: AfterEnd) {
  const folderOf = (roomId: string) => packageFolder(dataDir, roomId);
  const ffmpeg = process.env.FFMPEG_BIN ?? findProgram('ffmpeg');
  return createPackager({
    ...{ folderOf, keys },
    ...(ffmpeg === undefined ? {} : { ffmpeg }),
    log: createLogger('recorder.package'),
    afterwards: ({ roomId }: RecordingState) => afterEnd.check(roomId),
  });
}
