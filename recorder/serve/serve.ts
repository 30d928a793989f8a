/**
 * The recorder's internal HTTP (signaling/protocol/recorder-http.ts): handed to the link's listener as `onRequest`. Whoever
 * knows the cluster secret may do everything here; who looks at what and why is decided and written down by signaling.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import { verifyLinkToken } from '../../platform/rpc/proof.ts';
import type { OpenStores } from '../core/open-stores.ts';
import { RecordingKeys } from '../keys/recording-keys.ts';
import { type SealSigner, thumbprint } from '../seal/sign.ts';
import { Admission } from './admission.ts';
import { RecorderFills } from './fills.ts';
import { isInternal, refusal, sendError } from './http.ts';
import { Jobs } from './jobs.ts';
import { Packages } from './packages.ts';
import { type Serving, serveRoutes } from './routes.ts';
import { type DiskSpace, Space } from './space.ts';
import { Supplements } from './supplements.ts';
import { Uploads } from './uploads.ts';

export interface RecorderServeOptions {
  readonly dataDir: string;
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** What every process of the cluster knows. */
  readonly secret: string;
  /** Signs files from elsewhere with the installation's key: `signerOf(signingKey)`. */
  readonly signer: SealSigner;
  readonly logger: Logger;
  /** Reads the disk of recordings as it is now: the recorder's own `disk`. */
  readonly disk: () => Promise<DiskSpace>;
  /** The recorder's own, for which it waits before it seals. */
  readonly stores: OpenStores;
  readonly clock?: Clock;
  /** The recorder's own, which makes and destroys keys; made from `dataDir` unless given. */
  readonly keys?: RecordingKeys;
}

export interface RecorderServe {
  readonly onRequest: RequestListener;
  /** Cancels jobs and answers nothing more. Idempotent. */
  close(reason: string): Promise<void>;
}

/** Opens it, and throws away what earlier runs left half done. */
export async function openRecorderServe(options: RecorderServeOptions): Promise<RecorderServe> {
  const { dataDir, masterKey, signer, logger, stores, clock = systemClock } = options;
  const keysFolder = join(dataDir, 'recording-keys');
  const keys = options.keys ?? new RecordingKeys({ folder: keysFolder, masterKey });
  const packages = new Packages(join(dataDir, 'recordings'), logger);
  const uploads = new Uploads(join(dataDir, 'recording-uploads'));
  const space = new Space(options.disk);
  const admission = new Admission(uploads, space);
  const supplements = new Supplements({ packages, keys, uploads, admission, signer, clock });
  const fills = new RecorderFills({ packages, keys, uploads, admission, supplements, stores, clock });
  const folder = join(dataDir, 'recording-exports');
  const jobs = new Jobs({
    ...{ packages, keysFolder, masterKey, folder, clock },
    keyId: thumbprint(signer.key),
    log: logger,
  });
  await uploads.tidy(clock.now());
  await jobs.tidy();
  const serving: Serving = { packages, keys, uploads, space, stores, supplements, fills, jobs, clock };
  let closed: Promise<void> | undefined;
  return {
    onRequest: (request, response) => {
      answer(options, serving, request, response, closed !== undefined).catch((error: unknown) => {
        if (isInternal(error)) logger.error({ error }, 'a request for a recording failed');
        sendError(response, error);
      });
    },
    close() {
      closed ??= jobs.close().then(() => packages.close());
      return closed;
    },
  };
}

async function answer(
  { secret }: RecorderServeOptions,
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
  closed: boolean,
): Promise<void> {
  verifyLinkToken(secret, request.headers.authorization);
  if (closed) throw refusal('media-unavailable', 'The recorder is going down.', { retryAfterMs: 2000 });
  const url = new URL(request.url ?? '/', 'http://recorder');
  const route = serveRoutes.find(({ method, path }) => method === request.method && path.test(url.pathname));
  if (!route) throw refusal('unknown-method', 'There is nothing at this address.');
  const groups = route.path.exec(url.pathname)?.groups ?? {};
  const query = Object.fromEntries(url.searchParams);
  await route.run(serving, { request, response, groups, query });
}
