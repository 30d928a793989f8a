/** The table of the recorder's internal HTTP, in the order of its contract. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import {
  DestroyRequest,
  FilePath,
  FileQuery,
  JobRequest,
  MAX_WINDOW_MS,
  MissingQuery,
  PieceQuery,
  RecorderFillStart,
  RecorderSupplementStart,
  SegmentWindow,
} from '../../signaling/protocol/recorder-http.ts';
import { Id } from '../../signaling/protocol/values.ts';
import type { OpenStores } from '../core/open-stores.ts';
import type { RecordingKeys } from '../keys/recording-keys.ts';
import { takeBlob } from './blobs.ts';
import { destroy } from './destroy.ts';
import { openFile } from './files.ts';
import type { RecorderFills } from './fills.ts';
import { parsed, readJson, refusal, sendBytes, sendJson } from './http.ts';
import type { Jobs } from './jobs.ts';
import type { Packages } from './packages.ts';
import type { Space } from './space.ts';
import type { Supplements } from './supplements.ts';
import type { Uploads } from './uploads.ts';

export interface Serving {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly uploads: Uploads;
  readonly space: Space;
  readonly stores: OpenStores;
  readonly supplements: Supplements;
  readonly fills: RecorderFills;
  readonly jobs: Jobs;
  readonly clock: Clock;
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly groups: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

interface ServeRoute {
  readonly method: string;
  readonly path: RegExp;
  run(serving: Serving, asked: Asked): Promise<void>;
}

const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const MimeType = z.string().check(z.regex(/^[\w.+-]{1,60}\/[\w.+-]{1,60}$/));
const Nothing = z.strictObject({});
const ROOM = '^/recordings/(?<id>[^/]+)';

/** A route that answers JSON. */
function json(
  method: string,
  path: string,
  answer: (serving: Serving, asked: Asked & { roomId: string }) => Promise<unknown> | unknown,
): ServeRoute {
  return {
    method,
    path: new RegExp(`${ROOM}${path}$`),
    async run(serving, asked) {
      const roomId = parsed(Id, asked.groups.id);
      sendJson(asked.response, await answer(serving, { ...asked, roomId }));
    },
  };
}

const heads: ServeRoute = {
  method: 'GET',
  path: /^\/recordings$/,
  async run({ packages }, { response }) {
    sendJson(response, { recordings: await packages.list() });
  },
};

const reading: readonly ServeRoute[] = [
  json('GET', '', async ({ packages, keys }, { roomId, query }) => {
    parsed(Nothing, query);
    return packages.head(roomId, await keys.purposes(roomId));
  }),
  json('GET', '/tracks/(?<trackId>[^/]+)/segments', async ({ packages }, { roomId, groups, query }) => {
    const { from, to } = parsed(SegmentWindow, query);
    if (to < from || to - from > MAX_WINDOW_MS) throw refusal('bad-request', 'The window is too long.');
    const window = await packages.window(roomId, parsed(Id, groups.trackId), { from, to });
    if (!window) throw refusal('not-found', 'This recording has no such track.');
    return window;
  }),
  {
    method: 'GET',
    path: new RegExp(`${ROOM}/files/(?<file>.+)$`),
    async run({ packages, keys }, { request, response, groups, query }) {
      const { purpose } = parsed(FileQuery, query);
      const roomId = parsed(Id, groups.id);
      const file = parsed(FilePath, groups.file);
      await sendBytes(request, response, await openFile(packages, keys, roomId, file, purpose));
    },
  },
];

const taking: readonly ServeRoute[] = [
  json('PUT', '/blobs/(?<sha256>[^/]+)', (serving, { roomId, groups, request }) =>
    takeBlob(serving, roomId, {
      sha256: parsed(Sha256, groups.sha256),
      mimeType: parsed(MimeType, request.headers['content-type']),
      body: request,
    }),
  ),
  json('GET', '/missing', ({ fills }, { roomId, query }) => {
    const { trackIds } = parsed(MissingQuery, query);
    return fills.missing(roomId, parsed(z.array(Id), trackIds.split(',')));
  }),
  json('POST', '/fills', async ({ fills }, { roomId, request }) =>
    fills.start(roomId, await readJson(request, RecorderFillStart)),
  ),
  json('GET', '/fills/(?<uploadId>[^/]+)', ({ fills }, { roomId, groups }) =>
    fills.offer(roomId, parsed(Id, groups.uploadId)),
  ),
  json('PATCH', '/fills/(?<uploadId>[^/]+)', ({ fills }, { roomId, groups, query, request }) =>
    fills.piece(roomId, parsed(Id, groups.uploadId), parsed(PieceQuery, query).offset, request),
  ),
  json('POST', '/supplements', async ({ supplements }, { roomId, request }) =>
    supplements.start(roomId, await readJson(request, RecorderSupplementStart)),
  ),
  json('GET', '/supplements/(?<uploadId>[^/]+)', ({ supplements }, { roomId, groups }) =>
    supplements.offer(roomId, parsed(Id, groups.uploadId)),
  ),
  json('PATCH', '/supplements/(?<uploadId>[^/]+)', ({ supplements }, { roomId, groups, query, request }) =>
    supplements.piece(roomId, parsed(Id, groups.uploadId), parsed(PieceQuery, query).offset, request),
  ),
];

const working: readonly ServeRoute[] = [
  json('POST', '/jobs', async ({ jobs }, { roomId, request }) =>
    jobs.start(roomId, await readJson(request, JobRequest)),
  ),
  json('GET', '/jobs/(?<jobId>[^/]+)', ({ jobs }, { roomId, groups }) =>
    jobs.job(roomId, parsed(Id, groups.jobId)),
  ),
  json('DELETE', '/jobs/(?<jobId>[^/]+)', ({ jobs }, { roomId, groups }) =>
    jobs.cancel(roomId, parsed(Id, groups.jobId)),
  ),
  {
    method: 'GET',
    path: new RegExp(`${ROOM}/jobs/(?<jobId>[^/]+)/file$`),
    async run({ jobs }, { request, response, groups }) {
      const source = await jobs.file(parsed(Id, groups.id), parsed(Id, groups.jobId));
      await sendBytes(request, response, source);
    },
  },
  json('POST', '/destroy', async (serving, { roomId, request }) =>
    destroy(serving, roomId, await readJson(request, DestroyRequest)),
  ),
];

export const serveRoutes: readonly ServeRoute[] = [heads, ...reading, ...taking, ...working];
