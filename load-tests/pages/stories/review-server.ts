/** A server of recordings for the tests of the player: the built pages, and answers of the public contract from memory. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { contentSecurityPolicy } from '../../../signaling/http/headers.ts';
import type { LogEntry } from '../../../signaling/protocol/entry.ts';
import type {
  AuditPage,
  Job,
  RecordingSummary,
  RecordingView,
  TimelineMark,
} from '../../../signaling/protocol/recordings.ts';
import { ANCHOR_UTC, entries } from './review-facts.ts';
import type { FixtureTrack } from './review-tracks.ts';

export interface FixtureRecording {
  readonly summary: RecordingSummary;
  readonly tracks: readonly FixtureTrack[];
  readonly marks: readonly TimelineMark[];
  readonly live: boolean;
  /** Its own facts; those of all test recordings where absent. */
  readonly entries?: readonly LogEntry[];
  /** Room time up to which a recording that goes on is there; the whole of it where absent. */
  until?: () => number;
}

type Answer = { status?: number; json?: unknown; bytes?: Uint8Array; type?: string };
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const TYPES: Readonly<Record<string, string>> = {
  ...{
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
  },
  ...{ '.jpg': 'image/jpeg', '.mp4': 'video/mp4', '.webm': 'video/webm' },
};
const refusal = (status: number, code: string): Answer => ({
  status,
  json: { error: { code, message: `Refused by the test: ${code}.` } },
});

export class ReviewServer {
  readonly recordings = new Map<string, FixtureRecording>();
  /** Every request of the interface, as `GET /api/…`. */
  readonly asked: Asked[] = [];
  readonly audit: AuditPage = { entries: [], chain: 'whole' };
  roles: readonly string[] = ['reviewer', 'auditor'];
  /** Paths that contain this are answered so. */
  refuse: { path: string; status: number; code: string } | undefined;
  readonly #folder: string;
  readonly #jobs = new Map<string, Job>();
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });

  constructor(folder: string) {
    this.#folder = folder;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (!isAddress(address)) throw new Error('no address');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://test.invalid');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const text = Buffer.concat(chunks).toString();
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(request.headers.host ?? ''));
    if (!url.pathname.startsWith('/api/')) return this.#page(url.pathname, response);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const asked = { method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, body };
    this.asked.push(asked);
    const { refuse } = this;
    const isRefused = refuse !== undefined && url.pathname.includes(refuse.path);
    const answer = isRefused ? refusal(refuse.status, refuse.code) : this.#answer(asked);
    response.statusCode = answer.status ?? 200;
    response.setHeader('Content-Type', answer.type ?? 'application/json');
    response.end(answer.bytes ?? JSON.stringify(answer.json ?? {}));
  }

  async #page(path: string, response: ServerResponse): Promise<void> {
    const file = extname(path) === '' ? '/index.html' : normalize(path);
    try {
      const bytes = await readFile(join(this.#folder, file));
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  }

  #answer(asked: Asked): Answer {
    const { path } = asked;
    if (path === '/api/config') return { json: { name: 'GoldenHour', version: '1', helpPhone: '120' } };
    if (path === '/api/me') return { json: this.#me() };
    if (path === '/api/organisations') return { json: { organisations: [] } };
    if (path === '/api/units') return { json: { units: [{ unitId: 'unit-1', name: 'Ambulance 1' }] } };
    if (path === '/api/audit') return { json: this.audit };
    if (path === '/api/recordings') return this.#list(asked.query);
    const [, , , id = '', ...rest] = path.split('/');
    const recording = this.recordings.get(id);
    if (recording === undefined) return refusal(404, 'not-found');
    if (rest[0] === 'visits') return { json: { visitId: 'visit-1', expiresAt: Date.now() + 3_600_000 } };
    const isVisited = asked.query.get('visit') === 'visit-1';
    return isVisited ? this.#within(recording, asked, rest) : refusal(403, 'forbidden');
  }

  #me() {
    return {
      ...{ principalId: 'p-1', kind: 'person', name: 'Mei Wong', organisationId: 'org' },
      ...{ organisationName: 'Dispatch Centre', roles: this.roles, mustChangePassword: false },
    };
  }

  #list(query: URLSearchParams): Answer {
    const limit = Number(query.get('limit') ?? 25);
    const all = [...this.recordings.values()].map(({ summary }) => summary);
    const found = all
      .filter(
        ({ people }) =>
          !query.has('person') || people.some((name) => name.includes(query.get('person') ?? '')),
      )
      .filter(({ gaps }) => query.get('gaps') !== 'with' || gaps > 0);
    const start = Number(query.get('before') ?? 0);
    const more = start + limit < found.length ? { before: `${start + limit}` } : {};
    return { json: { recordings: found.slice(start, start + limit), ...more } };
  }

  #within(recording: FixtureRecording, asked: Asked, rest: readonly string[]): Answer {
    const [what = '', name = '', more = ''] = rest;
    const until = recording.until?.() ?? Number.POSITIVE_INFINITY;
    switch (what) {
      case '':
        return { json: viewOf(recording, until) };
      case 'entries':
        return {
          json: {
            entries: (recording.entries ?? entries).filter(
              ({ seq, at }) => seq > Number(asked.query.get('since')) && at <= until,
            ),
          },
        };
      case 'tracks':
        return segmentsOf(recording, name, asked.query, until);
      case 'files':
        return fileOf(recording, rest.slice(1).join('/'));
      case 'verify':
      case 'exports':
        return { json: this.#newJob(what === 'verify' ? 'verify' : 'export') };
      case 'jobs':
        return more === 'file'
          ? { bytes: Buffer.from('film'), type: 'application/zip' }
          : { json: this.#onJob(name) };
      default:
        return { json: {} };
    }
  }

  #newJob(kind: Job['kind']): Job {
    const job: Job = {
      jobId: `job-${this.#jobs.size + 1}`,
      kind,
      state: 'running',
      progress: 0.4,
      step: 'starting',
    };
    this.#jobs.set(job.jobId, job);
    return job;
  }

  #onJob(jobId: string): Job | undefined {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return undefined;
    const result = job.kind === 'verify' ? { result: { whole: true, findings: [] } } : {};
    return { ...job, state: 'done', progress: 1, step: 'done', ...result };
  }
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

function viewOf({ summary, tracks, marks: own, live }: FixtureRecording, until: number): RecordingView {
  const shown = tracks.map(({ view }) => ({
    ...view,
    to: Math.min(view.to, until),
    durableUntil: Math.min(view.to, until),
  }));
  const from = Math.min(...shown.map((track) => track.from));
  const to = Math.max(...shown.map((track) => track.to));
  const sealed = summary.state === 'sealed';
  const seal = { sealedUtc: ANCHOR_UTC + 120_000, root: '4f'.repeat(32), timestamped: true };
  return {
    ...{ summary, anchorUtc: ANCHOR_UTC, from, to, live, tracks: shown, mayExport: true },
    marks: own.filter(({ at }) => at <= until),
    ...(sealed ? { seal } : {}),
  };
}

function segmentsOf(
  recording: FixtureRecording,
  trackId: string,
  query: URLSearchParams,
  until: number,
): Answer {
  const track = recording.tracks.find(({ view }) => view.trackId === trackId);
  if (track === undefined) return refusal(404, 'not-found');
  const [from, to] = [Number(query.get('from')), Number(query.get('to'))];
  const all = track.segments.filter((segment) => segment.to <= until);
  const key = all.findLast(({ keyframes }) => keyframes.some((at) => at <= from));
  const start = track.view.kind === 'video' ? Math.min(from, key?.from ?? from) : from;
  return {
    json: {
      segments: all.filter((segment) => segment.to > start && segment.from < to),
      gaps: track.view.gaps.filter((gap) => gap.to > from && gap.from < to),
      completeTo: Math.min(to, until),
    },
  };
}

function fileOf({ tracks }: FixtureRecording, path: string): Answer {
  for (const track of tracks) {
    const bytes = track.file(path);
    if (bytes !== undefined) return { bytes, type: TYPES[extname(path)] ?? 'application/octet-stream' };
  }
  return refusal(404, 'not-found');
}
