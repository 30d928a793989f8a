/**
 * Public interface of the core SDK: what pages and third parties build on. No user interface, no DOM at import. Made by
 * `createClient()` in `index.ts`. Everything that changes tells so by events and keeps its newest value in properties.
 */
import type { ErrorCode } from '../../signaling/protocol/errors.ts';
import type { GlassesCode, Me, PublicConfig } from '../../signaling/protocol/http.ts';
import type { MediaKind, Rung, SourceInfo } from '../../signaling/protocol/media.ts';
import type { FactMethod, Method, Params, Result } from '../../signaling/protocol/methods.ts';
import type { NotificationData } from '../../signaling/protocol/notifications.ts';
import type { Role } from '../../signaling/protocol/roles.ts';
import type { RoomSummary } from '../../signaling/protocol/snapshot.ts';
import type { RoomState } from '../../signaling/protocol/state.ts';
import type { Readable } from './emitter.ts';
import type { DataChannels } from './marks/types.ts';
import type {
  CameraOptions,
  CaptureDevice,
  Captured,
  LocalSource,
  MicrophoneOptions,
  PublishOptions,
  RemoteSource,
  SessionStats,
  ViewRequest,
} from './types-media.ts';

export type { Readable } from './emitter.ts';
export type * from './types-media.ts';

/** Codes of this SDK beside those of the wire: `offline` (no answer from the server), `capture` is in types-media. */
export type ClientErrorCode = ErrorCode | 'offline' | 'unsupported-browser';

/** How a room session stands. Pages translate `status` and `reason`. */
export type ConnectionStatus =
  /** First join under way. */
  | 'connecting'
  /** Socket and media are well. */
  | 'live'
  /** Everything flows, but beats or packets are late or lossy. */
  | 'weak'
  /** The socket is away or ICE restarts; the session mends itself. */
  | 'reconnecting'
  /** Facts flow; transports are being made anew. */
  | 'media-rebuilding'
  /** The server said no; nothing is tried again until the person acts. */
  | 'refused'
  /** The session is over. */
  | 'ended';

export type ConnectionReason =
  | 'none'
  | 'offline'
  | 'socket-lost'
  | 'silence'
  | 'loss'
  | 'ice-restart'
  | 'worker-died'
  | 'node-lost'
  | 'transport-closed'
  | 'media-unavailable'
  | 'unsupported-browser'
  | 'room-closed'
  | 'left'
  | NotificationData<'session.ended'>['reason']
  | ErrorCode;

export interface Connection {
  readonly status: ConnectionStatus;
  readonly reason: ConnectionReason;
  /** UTC milliseconds since when. */
  readonly since: number;
  /** Whether media packets or beats arrive now, apart from the socket. */
  readonly media: 'off' | 'up' | 'silent' | 'rebuilding';
}

/** How far one track is safe on the recorder's disk, as it was last told. */
export interface TrackSafety {
  readonly producerId: string;
  /** Room time in milliseconds up to which nothing of it can be lost any more. */
  readonly durableUntil: number;
  readonly state: NotificationData<'recording.status'>['tracks'][number]['state'];
  /** Room time at which this was heard. */
  readonly toldAt: number;
}

export interface SessionEvents {
  /** `session.state` moved on. Emitted at most once per microtask however many facts came in together. */
  state: RoomState;
  connection: Connection;
  /** A remote source appeared or went; read `session.remoteSources`. */
  remoteSources: undefined;
  localSources: undefined;
  /** Loudest first; levels in dBov. */
  speaking: NotificationData<'speaking'>['speakers'];
  /** Someone measures compressions, twice a second: a phone on the chest, or the page of who guides. Staff only. */
  cprMeasured: NotificationData<'cpr.measured'>;
  /** Marks in progress and where marks are, as told over the socket; `createMarks` reads them. */
  marks: MarkNotified;
  /** A word about the fetch of a still; read by `clients/core/stills`. */
  stillSignal: NotificationData<'still.signal'>;
  /** Which rung each other viewer receives, by `${peerId}/${producerId}` in `session.viewerRungs`. */
  viewerRungs: undefined;
  /** A peer's uplink fell silent or came back, before any fact says so. */
  peerSilence: { readonly peerId: string; readonly silent: boolean };
  /** What is safe on the recorder has moved on, about once a second; read `session.recordedTracks`. */
  recording: undefined;
  /** Once a second while media runs. */
  stats: SessionStats;
  /** Something failed that mends itself; for logs, never for people. */
  warning: { readonly what: string; readonly error: unknown };
  /** Another device or tab took over, the token was revoked, the room closed … The session is over. */
  ended: { readonly reason: ConnectionReason };
}

export type MarkNotified = {
  readonly [N in 'mark.begun' | 'mark.points' | 'mark.cancelled' | 'mark.posed']: {
    readonly name: N;
    readonly data: NotificationData<N>;
  };
}['mark.begun' | 'mark.points' | 'mark.cancelled' | 'mark.posed'];

/** One room as one peer. Obtained from `client.join()`; mends itself until `leave()` or `ended`. */
export interface RoomSession extends Readable<SessionEvents> {
  readonly roomId: string;
  readonly peerId: string;
  /** Undefined until the first join was answered. */
  readonly role: Role | undefined;
  /** The room folded for this peer; `phase: 'empty'` until the first join was answered. */
  readonly state: RoomState;
  readonly seq: number;
  readonly connection: Connection;
  /** Room time now in milliseconds, by the measured offset. */
  readonly roomTime: number;
  readonly remoteSources: readonly RemoteSource[];
  readonly localSources: readonly LocalSource[];
  readonly speaking: NotificationData<'speaking'>['speakers'];
  readonly viewerRungs: ReadonlyMap<string, Rung>;
  /**
   * What the recorder has of each track that this peer may see, by producer id. Whether the room is recorded at all, who
   * decided so, and what stalls, are facts: `session.state.recording`.
   */
  readonly recordedTracks: ReadonlyMap<string, TrackSafety>;
  readonly stats: SessionStats;
  /** Data channels of marks and of stills at full resolution. */
  readonly data: DataChannels;
  /** Silences healed since the join, for the connection panel. */
  readonly reconnects: number;
  /** From `join()` to the answered join, and to the first frame; undefined until then. Milliseconds. */
  readonly timings: { readonly joinMs?: number; readonly firstFrameMs?: number };

  /** Resolves when the first join was answered; rejects with `ClientError` when it was refused. */
  joined(): Promise<void>;
  /**
   * Sends a request of this room. Fact methods get a `commandId` and are repeated with the same one after a
   * reconnect until the deadline (default 10 s), so a fact is written once. Rejects with `ClientError`.
   */
  request<M extends Method>(method: M, params: Params<M>, options?: RequestOptions): Promise<Result<M>>;
  /** Starts the media of a session joined with `media: 'later'`; of no effect on any other. Idempotent. */
  startMedia(): void;
  /** Publishes a captured track. Resolves when the source object exists; `status` says when it is live. */
  publish(track: MediaStreamTrack, info: SourceInfo, options?: PublishOptions): Promise<LocalSource>;
  /** The whole of what is shown now; replaces what was said before. Cheap to call on each layout: it is coalesced. */
  setViews(views: readonly ViewRequest[]): void;
  remoteSource(producerId: string): RemoteSource | undefined;
  /** Leaves the room, closes media, stops local tracks unless `keepTracks`. Idempotent. */
  leave(options?: { keepTracks?: boolean }): Promise<void>;
  /** Closes without telling the server, so that a page reload comes back as the same peer. Idempotent. */
  close(reason: string): void;
}

export interface RequestOptions {
  /** Milliseconds, 100 to 60,000; default 10,000. */
  readonly deadlineMs?: number;
  /** Given by callers that want to repeat a fact themselves. */
  readonly commandId?: string;
}

export interface JoinOptions {
  /** Default: one per tab and room, kept in `sessionStorage`, so that a reload is the same peer. */
  readonly peerId?: string;
  /** Shown beside the name: "tablet", "glasses". */
  readonly device?: string;
  /** False while the person speaks visibly in another room. Default true. */
  readonly speaksHere?: boolean;
  /**
   * False to read and write facts only, without any media; `later` to do so until `startMedia()` or the first
   * `publish()`, so that a page on a slow link loads the media library when it is needed. Default true.
   */
  readonly media?: boolean | 'later';
  /** Fetches a room token where the page's door has a route of its own for that. Default: the staff's route. */
  readonly roomToken?: () => Promise<string>;
  /** What the pre-check measured, in bit/s. */
  readonly measuredUp?: number;
  readonly measuredDown?: number;
  /** Role wanted where the principal has several. */
  readonly role?: Role;
}

export interface RingingCall {
  readonly callId: string;
  readonly roomId: string;
  readonly fromName: string;
  readonly patientId: string;
  readonly sinceUtc: number;
  readonly title: string;
  readonly drill: boolean;
}

export interface RoomListEvents {
  change: readonly RoomSummary[];
  ringing: readonly RingingCall[];
}

/** The live list of rooms the signed-in principal may enter, and calls for help that ring here. */
export interface RoomList extends Readable<RoomListEvents> {
  /** Newest first. */
  readonly rooms: readonly RoomSummary[];
  readonly ringing: readonly RingingCall[];
  /** Starts listening; keeps itself up to date over reconnects. Idempotent. */
  open(): Promise<void>;
  /** Says that a person looked at the call; the ambulance sees "seen by". */
  seen(call: RingingCall): Promise<void>;
  /** Takes the call; the page then joins `call.roomId`. */
  answer(call: RingingCall): Promise<void>;
  create(room: Params<'room.create'>): Promise<string>;
  breakGlass(roomId: string, reason: string): Promise<void>;
  /** Stops listening. The list can be opened again. */
  close(): void;
}

/** The HTTP interface with its answers parsed. All reject with `ClientError`. */
export interface HttpApi {
  config(): Promise<PublicConfig>;
  /** Undefined when nobody is signed in. */
  me(): Promise<Me | undefined>;
  signIn(username: string, password: string): Promise<Me>;
  signOut(): Promise<void>;
  changePassword(current: string, next: string): Promise<void>;
  /** Signs a guest in by the secret of an invitation (the fragment of its URL). */
  openInvite(secret: string): Promise<Me>;
  /** Signs an enrolled device in by the code shown when the unit was enrolled. */
  enrolDevice(code: string, name: string): Promise<Me>;
  /** Makes the code by which glasses join a unit: for its own devices, and administrators. */
  glassesCode(unitId: string): Promise<GlassesCode>;
  /** Signs an enrolled device in again, as after power-on; undefined when this device is not enrolled. */
  signInDevice(): Promise<Me | undefined>;
  roomToken(roomId: string, role?: Role): Promise<string>;
}

export interface PrecheckResult {
  /** Median of several socket round trips, milliseconds; undefined when the socket could not connect. */
  readonly rttMs: number | undefined;
  readonly jitterMs: number | undefined;
  /** Bit/s over at most 2 s of transfer each way; undefined when it failed. */
  readonly upBitrate: number | undefined;
  readonly downBitrate: number | undefined;
  /** Share of round trips without an answer within 1 s: what a TCP path can tell of loss. */
  readonly lossFraction: number | undefined;
  readonly cameras: readonly CaptureDevice[];
  readonly microphones: readonly CaptureDevice[];
  /** The rung the uplink is expected to carry. */
  readonly expectedRung: Rung;
  readonly failures: readonly ('rtt' | 'up' | 'down' | 'devices')[];
}
export type PrecheckStep = 'rtt' | 'down' | 'up' | 'devices';

export interface PrecheckOptions {
  readonly onProgress?: (step: PrecheckStep, partial: Partial<PrecheckResult>) => void;
  readonly signal?: AbortSignal;
}

export interface ClientEvents {
  socket: SocketStatus;
  /** The signed-in session ended: show the sign-in page. */
  sessionEnded: NotificationData<'session.ended'>;
}
export type SocketStatus = 'idle' | 'connecting' | 'up' | 'reconnecting' | 'refused' | 'closed';

export interface Client extends Readable<ClientEvents> {
  readonly http: HttpApi;
  readonly rooms: RoomList;
  readonly socket: SocketStatus;
  /** Sends a request that belongs to no joined room. Rejects with `ClientError`. */
  request<M extends Exclude<Method, FactMethod>>(
    method: M,
    params: Params<M>,
    options?: RequestOptions & { roomId?: string },
  ): Promise<Result<M>>;
  /** Joins at once and mends itself from then on; a second join of the same room answers the same session. */
  join(roomId: string, options?: JoinOptions): RoomSession;
  precheck(options?: PrecheckOptions): Promise<PrecheckResult>;
  /** Closes every session and the socket. Idempotent. */
  close(reason: string): void;
}

/** One line of the catch-up: a code and its data, for pages to put into words. Times are UTC milliseconds. */
export type CatchUpItem =
  | { readonly code: 'room'; readonly title: string; readonly since: number; readonly drill: boolean }
  | {
      readonly code: 'patient';
      readonly patientId: string;
      readonly name?: string;
      readonly description?: string;
    }
  | { readonly code: 'lead'; readonly name: string; readonly role: Role }
  | { readonly code: 'peer'; readonly name: string; readonly role: Role; readonly since: number }
  | { readonly code: 'sources'; readonly pictures: number; readonly kind: MediaKind }
  | { readonly code: 'timeNode'; readonly node: string; readonly patientId: string; readonly at: number }
  | { readonly code: 'drug'; readonly text: string; readonly patientId: string; readonly at: number }
  | { readonly code: 'device'; readonly text: string; readonly patientId: string; readonly at: number }
  | {
      readonly code: 'order';
      readonly text: string;
      readonly patientId: string;
      readonly open: boolean;
      readonly at: number;
    }
  | { readonly code: 'message'; readonly name: string; readonly text: string; readonly at: number }
  | { readonly code: 'help'; readonly answeredBy?: string; readonly at: number };

/** What `createClient()` takes. Everything has a browser default; Node and tests inject. */
export interface ClientOptions {
  /** Origin of the server. Default: the page's own origin. */
  readonly url?: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Where peer ids are kept over reloads. Default: `sessionStorage`, or memory where there is none. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * The functions `clients/core/index.ts` exports beside the types:
 * `createClient(options?: ClientOptions): Client`, `catchUp(state: RoomState): readonly CatchUpItem[]`,
 * `isClientError(error)`, and the capture helpers below.
 */
export interface CaptureApi {
  /** Opens a camera, in up to 4K with fallbacks. Rejects with `CaptureError` (a `CaptureErrorCode` in `code`). */
  openCamera(options?: CameraOptions): Promise<Captured>;
  openMicrophone(options?: MicrophoneOptions): Promise<Captured>;
  /** Shares a screen, window or tab. */
  openScreen(): Promise<Captured>;
  listDevices(): Promise<readonly CaptureDevice[]>;
  /** Calls back with the new list when devices come and go. Returns the function that stops it. */
  onDevicesChanged(listener: (devices: readonly CaptureDevice[]) => void): () => void;
}
