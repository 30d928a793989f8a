/** The HTTP interface of recordings and of the audit, with answers parsed (`signaling/protocol/recordings.ts`). */
import * as z from 'zod/mini';
import {
  type ReadableEntry,
  ReadableEntry as ReadableEntrySchema,
} from '../../../signaling/protocol/entry.ts';
import {
  AuditPage,
  type ExportRequest,
  Job,
  type OpenVisit,
  RecordingList,
  type RecordingQuery,
  RecordingView,
  SegmentList,
  Visit,
} from '../../../signaling/protocol/recordings.ts';
import { ClientError } from '../errors.ts';
import { callJson } from '../http.ts';

const Nothing = z.unknown();
const EntryList = z.object({ entries: z.array(ReadableEntrySchema) });
const BYTES_DEADLINE_MS = 30_000;

/** Conditions of the list as the form has them; numbers are UTC milliseconds. */
export type RecordingSearch = { readonly [K in keyof RecordingQuery]?: RecordingQuery[K] | undefined };
export interface AuditSearch {
  readonly before?: number | undefined;
  readonly roomId?: string | undefined;
  readonly principalId?: string | undefined;
  readonly limit?: number | undefined;
}

type Fetch = typeof globalThis.fetch;

/** `?a=1&b=2` of what is set. */
function query(fields: Readonly<Record<string, string | number | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** What needs no visit: the list, opening one, and the audit. */
export class RecordingsApi {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  list(search: RecordingSearch): Promise<z.infer<typeof RecordingList>> {
    return callJson(this.#fetch, `/api/recordings${query(search)}`, 'GET', RecordingList, undefined);
  }

  audit(search: AuditSearch): Promise<AuditPage> {
    return callJson(this.#fetch, `/api/audit${query({ ...search })}`, 'GET', AuditPage, undefined);
  }

  /** Says who looks at a recording and why, which is written down before anything of it is answered. */
  async visit(recordingId: string, reason: z.infer<typeof OpenVisit>): Promise<Visit> {
    const path = `/api/recordings/${encodeURIComponent(recordingId)}/visits`;
    return callJson(this.#fetch, path, 'POST', Visit, reason);
  }

  open(recordingId: string, visit: Visit): RecordingApi {
    return new RecordingApi(this.#fetch, recordingId, visit);
  }
}

/** One recording under one visit. A later visit may take the place of one that ran out. */
export class RecordingApi {
  readonly recordingId: string;
  readonly #fetch: Fetch;
  #visit: Visit;

  constructor(fetch: Fetch, recordingId: string, visit: Visit) {
    this.#fetch = fetch;
    this.recordingId = recordingId;
    this.#visit = visit;
  }

  get expiresAt(): number {
    return this.#visit.expiresAt;
  }

  renew(visit: Visit): void {
    this.#visit = visit;
  }

  view(): Promise<RecordingView> {
    return this.#get('', RecordingView);
  }

  segments(trackId: string, from: number, to: number): Promise<SegmentList> {
    return this.#get(`/tracks/${encodeURIComponent(trackId)}/segments`, SegmentList, { from, to });
  }

  async entries(since: number): Promise<readonly ReadableEntry[]> {
    return (await this.#get('/entries', EntryList, { since })).entries;
  }

  /** Address of a file of the package for an element that loads it by itself. */
  fileUrl(file: string): string {
    return this.#path(`/files/${file.split('/').map(encodeURIComponent).join('/')}`);
  }

  /** The plain bytes of a file of the package. Rejects with a coded error, or when `signal` aborts. */
  async file(file: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(BYTES_DEADLINE_MS)]);
    let answer: Response;
    try {
      answer = await this.#fetch(this.fileUrl(file), { credentials: 'include', signal: deadline });
      if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
    } catch (cause) {
      throw ClientError.offline('reading a file of the recording', cause);
    }
    const code = answer.status === 404 ? 'not-found' : answer.status === 410 ? 'closed' : 'internal';
    throw new ClientError(code, `A file of the recording was answered with status ${answer.status}.`);
  }

  /** Goes out even while the page is being left. */
  async reportSeeks(ranges: readonly { readonly from: number; readonly to: number }[]): Promise<void> {
    await this.#send('POST', '/seeks', Nothing, { visit: this.#visit.visitId, ranges });
  }

  verify(): Promise<Job> {
    return this.#send('POST', '/verify', Job, {});
  }

  export(request: ExportRequest): Promise<Job> {
    return this.#send('POST', '/exports', Job, request);
  }

  job(jobId: string): Promise<Job> {
    return this.#get(`/jobs/${encodeURIComponent(jobId)}`, Job);
  }

  jobFileUrl(jobId: string): string {
    return this.#path(`/jobs/${encodeURIComponent(jobId)}/file`);
  }

  async markReviewed(): Promise<void> {
    await this.#send('POST', '/reviewed', Nothing, {});
  }

  async hold(reason: string): Promise<void> {
    await this.#send('POST', '/hold', Nothing, { reason });
  }

  async liftHold(reason: string): Promise<void> {
    await this.#send('DELETE', '/hold', Nothing, { reason });
  }

  #path(rest: string, more: Readonly<Record<string, string | number>> = {}): string {
    const id = encodeURIComponent(this.recordingId);
    return `/api/recordings/${id}${rest}${query({ ...more, visit: this.#visit.visitId })}`;
  }

  #get<S extends z.ZodMiniType>(rest: string, result: S, more?: Record<string, number>): Promise<z.infer<S>> {
    return callJson(this.#fetch, this.#path(rest, more), 'GET', result, undefined);
  }

  #send<S extends z.ZodMiniType>(
    method: string,
    rest: string,
    result: S,
    body: unknown,
  ): Promise<z.infer<S>> {
    return callJson(this.#fetch, this.#path(rest), method, result, body);
  }
}
