/** One room as one peer: joins its log, its requests and its media together and says how it stands. */
import type { Rung, SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Method, Params, Result } from '../../../signaling/protocol/methods.ts';
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import type { Role } from '../../../signaling/protocol/roles.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { Clock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError } from '../errors.ts';
import { DataChannelsImpl } from '../media/data-channels.ts';
import type { DeviceFactory, StillGrabber } from '../media/engine.ts';
import type { MediaSession } from '../media/media-session.ts';
import type { RouterMemory } from '../media/transports.ts';
import type {
  Connection,
  ConnectionReason,
  JoinOptions,
  LocalSource,
  PublishOptions,
  RemoteSource,
  RequestOptions,
  RoomSession,
  SessionEvents,
  SessionStats,
  TrackSafety,
  ViewRequest,
} from '../types.ts';
import { deriveConnection } from './connection.ts';
import { Joining } from './joining.ts';
import { Receipts } from './receipts.ts';
import { RecordedTracks } from './recorded-tracks.ts';
import { Reports } from './reports.ts';
import { Requests } from './requests.ts';
import { RoomFeed } from './room-feed.ts';
import type { MediaFactory } from './session-media.ts';
import type { LiveSocket, Notified } from './socket.ts';

const LEAVE_MS = 2000;
const NO_STATS: SessionStats = { link: [], sources: new Map() };

export interface SessionDeps {
  readonly roomId: string;
  readonly peerId: string;
  readonly options: JoinOptions;
  readonly socket: LiveSocket;
  readonly clock: Clock;
  readonly createDevice: DeviceFactory;
  readonly grab: StillGrabber;
  /** At once where the code of media is there, else when it has been fetched. */
  readonly media: () => MediaFactory | Promise<MediaFactory>;
  readonly memory: RouterMemory;
  readonly roomToken: () => Promise<string>;
  readonly isOnline: () => boolean;
  readonly onEnded: (session: RoomSessionImpl) => void;
}

export class RoomSessionImpl implements RoomSession {
  readonly roomId: string;
  readonly peerId: string;
  readonly #deps: SessionDeps;
  readonly #events = new Emitter<SessionEvents>();
  readonly #feed: RoomFeed;
  readonly #requests: Requests;
  readonly #joining: Joining;
  #media: MediaSession | undefined;
  #fetching: Promise<void> | undefined;
  readonly #receipts: Receipts;
  readonly #reports: Reports;
  readonly #stops: (() => void)[] = [];
  readonly #firstJoin = Promise.withResolvers<void>();
  readonly #viewerRungs = new Map<string, Rung>();
  readonly #recorded = new RecordedTracks();
  readonly data: DataChannelsImpl;
  #role: Role | undefined;
  #joined = false;
  #everJoined = false;
  #ended: ConnectionReason | undefined;
  #refused: ConnectionReason | undefined;
  #speaking: NotificationData<'speaking'>['speakers'] = [];
  #roomTimeOffset = 0;
  #connection: Connection;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.roomId = deps.roomId;
    this.peerId = deps.peerId;
    const { clock, socket, peerId, options } = deps;
    this.#requests = new Requests((request, ms) => socket.send(request, ms), clock, deps.roomId);
    this.#feed = new RoomFeed((since) => this.request('room.entries', { since }));
    this.#joining = new Joining({
      clock,
      requests: this.#requests,
      peerId,
      options,
      roomToken: deps.roomToken,
      since: () => this.#feed.since,
      speaksHere: () => this.#feed.state.peers[peerId]?.speaksHere,
    });
    this.#receipts = new Receipts(peerId, clock, (messageIds) =>
      this.#later('receipt', this.request('chat.receipt', { messageIds, state: 'delivered' })),
    );
    this.#reports = new Reports(clock, (report) =>
      this.#later('report', this.request('media.report', report)),
    );
    const warn = (error: unknown) => this.#events.emit('warning', { what: 'data channel', error });
    this.data = new DataChannelsImpl({ clock, warn });
    this.#connection = { ...this.#derive(), since: clock.now() };
    if (options.media !== false && options.media !== 'later') this.#fetchMedia();
    this.#firstJoin.promise.catch(() => {
      // Whoever does not ask by `joined()` learns of a refusal by the connection's status.
    });
    this.#wire();
  }

  get role(): Role | undefined {
    return this.#role;
  }
  get state(): RoomState {
    return this.#feed.state;
  }
  get seq(): number {
    return this.#feed.state.seq;
  }
  get connection(): Connection {
    return this.#connection;
  }
  get roomTime(): number {
    return this.#deps.clock.monotonic() + this.#roomTimeOffset;
  }
  get remoteSources(): readonly RemoteSource[] {
    return this.#media?.receiver.sources ?? [];
  }
  get localSources(): readonly LocalSource[] {
    return this.#media?.uplink.sources ?? [];
  }
  get speaking(): NotificationData<'speaking'>['speakers'] {
    return this.#speaking;
  }
  get viewerRungs(): ReadonlyMap<string, Rung> {
    return this.#viewerRungs;
  }
  get recordedTracks(): ReadonlyMap<string, TrackSafety> {
    return this.#recorded.tracks;
  }
  get stats(): SessionStats {
    return this.#media?.sampler.history ?? NO_STATS;
  }
  get reconnects(): number {
    return this.#reports.reconnects;
  }
  get timings(): { readonly joinMs?: number; readonly firstFrameMs?: number } {
    return this.#reports.timings;
  }

  on<N extends keyof SessionEvents>(name: N, listener: (data: SessionEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  joined(): Promise<void> {
    return this.#firstJoin.promise;
  }

  request<M extends Method>(method: M, params: Params<M>, options?: RequestOptions): Promise<Result<M>> {
    return this.#requests.request(method, params, options);
  }

  startMedia(): void {
    if (this.#deps.options.media === 'later') this.#fetchMedia();
  }

  async publish(
    track: MediaStreamTrack,
    info: SourceInfo,
    options: PublishOptions = {},
  ): Promise<LocalSource> {
    this.startMedia();
    await this.#fetching;
    if (!this.#media || this.#ended || this.#refused) {
      throw new ClientError('closed', 'This session carries no media; join the room again.');
    }
    return this.#media.publish(track, info, options);
  }

  setViews(views: readonly ViewRequest[]): void {
    this.#media?.setViews(views);
  }

  remoteSource(producerId: string): RemoteSource | undefined {
    return this.#media?.receiver.source(producerId);
  }

  async leave(options: { keepTracks?: boolean } = {}): Promise<void> {
    if (this.#ended) return;
    const told = this.#joined
      ? this.#requests.request('room.leave', {}, { deadlineMs: LEAVE_MS, ungated: true })
      : Promise.resolve();
    this.#end('left', options.keepTracks ?? false);
    await told.catch((error: unknown) => {
      // The server notices by itself when the goodbye is lost.
      if (!isClientError(error)) throw error;
    });
  }

  close(): void {
    if (!this.#ended) this.#end('left', false);
  }

  /** The device's network changed. */
  handleNetworkChange(): void {
    this.#media?.handleNetworkChange();
    this.#update();
  }

  handleNotified(notified: Notified): void {
    switch (notified.name) {
      case 'entry':
        this.#feed.handleEntry(notified.data.entry);
        return;
      case 'speaking':
        this.#speaking = notified.data.speakers;
        this.#events.emit('speaking', this.#speaking);
        return;
      case 'cpr.measured':
        this.#events.emit('cprMeasured', notified.data);
        return;
      case 'media.rungs':
        for (const r of notified.data.rungs) this.#viewerRungs.set(`${r.peerId}/${r.producerId}`, r.rung);
        this.#events.emit('viewerRungs', undefined);
        return;
      case 'recording.status':
        this.#recorded.handleStatus(notified.data, this.roomTime);
        this.#events.emit('recording', undefined);
        return;
      case 'mark.begun':
      case 'mark.points':
      case 'mark.cancelled':
      case 'mark.posed':
        this.#events.emit('marks', notified);
        return;
      case 'still.signal':
        this.#events.emit('stillSignal', notified.data);
        return;
      case 'token.renewed':
        this.#joining.handleToken(notified.data.token);
        return;
      case 'session.ended':
        this.#end(notified.data.reason, false);
        return;
      default:
        if (notified.name === 'media.silence') this.#events.emit('peerSilence', notified.data);
        this.#media?.handleNotified(notified);
    }
  }

  #wire(): void {
    const { socket } = this.#deps;
    this.#stops.push(socket.on('status', (status) => this.#handleSocket(status === 'up')));
    this.#stops.push(socket.on('refused', (error) => this.#refuse(error)));
    this.#joining.events.on('joined', (joined) => this.#handleJoined(joined));
    this.#joining.events.on('refused', (error) => this.#refuse(error));
    this.#joining.events.on('warning', (error) => this.#events.emit('warning', { what: 'join', error }));
    this.#feed.events.on('entry', (entry) => this.#media?.receiver.handleEntry(entry));
    this.#feed.events.on('folded', (state) => this.#handleState(state));
    this.#feed.events.on('state', (state) => this.#events.emit('state', state));
    this.#feed.events.on('warning', (error) => this.#events.emit('warning', { what: 'entries', error }));
    if (socket.status === 'up') this.#joining.start();
  }

  /** Media begins now, or when its code is there; one fetch at a time, and the next call tries a failed one again. */
  #fetchMedia(): void {
    if (this.#media || this.#fetching || this.#ended || this.#refused) return;
    const factory = this.#deps.media();
    if (typeof factory === 'function') {
      this.#beginMedia(factory);
      return;
    }
    this.#fetching = factory
      .then(
        (fetched) => this.#beginMedia(fetched),
        (error: unknown) => this.#events.emit('warning', { what: 'fetching media', error }),
      )
      .finally(() => {
        this.#fetching = undefined;
      });
  }

  #beginMedia(factory: MediaFactory): void {
    if (this.#media || this.#ended || this.#refused) return;
    this.#media = factory(this.#deps, {
      request: this.request.bind(this),
      rejoin: () => this.#joining.fresh(),
      events: this.#events,
      reports: this.#reports,
      channels: this.data,
      update: () => this.#update(),
      refuse: (error) => this.#refuse(error),
    });
    this.#media.receiver.handleState(this.state);
    if (this.#joined) this.#media.handleJoined();
    this.#update();
  }

  #handleSocket(up: boolean): void {
    if (this.#ended || this.#refused) return;
    if (up) this.#joining.start();
    else {
      this.#joined = false;
      this.#requests.shutGate();
      this.#joining.stop();
      this.#media?.handleSocketDown();
    }
    this.#update();
  }

  #handleJoined(joined: Result<'room.join'>): void {
    if (this.#ended) return;
    this.#role = joined.role;
    this.#roomTimeOffset = joined.roomTime - this.#deps.clock.monotonic();
    this.#joined = true;
    this.#everJoined = true;
    this.#feed.handleJoined(joined);
    if (this.#ended) return;
    this.#reports.handleJoined();
    this.#requests.openGate();
    this.#media?.handleJoined();
    this.#update();
    this.#firstJoin.resolve();
  }

  #handleState(state: RoomState): void {
    this.#media?.receiver.handleState(state);
    this.#receipts.handleState(state);
    this.#recorded.handleState(state);
    if (state.phase === 'closed') this.#end('room-closed', false);
  }

  #refuse(error: ClientError): void {
    if (this.#ended || this.#refused) return;
    this.#refused = error.code;
    this.#shut(error, false);
    this.#update();
  }

  #end(reason: ConnectionReason, keepTracks: boolean): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#shut(new ClientError('closed', `The session has ended: ${reason}.`), keepTracks);
    this.#update();
    this.#events.emit('ended', { reason });
  }

  #shut(error: ClientError, keepTracks: boolean): void {
    this.#joined = false;
    for (const stop of this.#stops) stop();
    this.#joining.stop();
    this.#receipts.close();
    this.#reports.close();
    this.#requests.close(error);
    this.data.close();
    this.#media?.close(error.message, keepTracks);
    this.#firstJoin.reject(error);
    this.#deps.onEnded(this);
  }

  #later(what: string, request: Promise<unknown>): void {
    request.catch((error: unknown) => this.#events.emit('warning', { what, error }));
  }

  #update(): void {
    const next = this.#derive();
    const now = this.#connection;
    if (next.status === now.status && next.reason === now.reason && next.media === now.media) return;
    this.#connection = { ...next, since: this.#deps.clock.now() };
    this.#events.emit('connection', this.#connection);
  }

  #derive(): Omit<Connection, 'since'> {
    const media = this.#media;
    const last = media?.sampler.history.link.at(-1);
    return deriveConnection({
      ended: this.#ended,
      refused: this.#refused,
      socket: this.#deps.socket.status,
      online: this.#deps.isOnline(),
      joined: this.#joined,
      everJoined: this.#everJoined,
      media: media && {
        broken: media.broken || !this.#reports.everFlowed,
        everFlowed: this.#reports.everFlowed,
        step: media.step,
        lostReason: media.lostReason,
        silence: media.silence,
        loss: Math.max(last?.upLoss ?? 0, last?.downLoss ?? 0),
      },
    });
  }
}
