/**
 * A recorder for tests of its owner: it answers the contract over a real link, receives the tap on a real UDP socket, and
 * keeps in memory what the real one keeps on the disk. It can be killed, frozen and told to refuse.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { systemClock } from '../../../platform/clock.ts';
import { AppError } from '../../../platform/errors.ts';
import { newId, newSecret } from '../../../platform/ids.ts';
import { connectRpc } from '../../../platform/rpc/websocket-client.ts';
import { listenRpc, type WebsocketRpcServer } from '../../../platform/rpc/websocket-server.ts';
import {
  type MediaTrack,
  type MessageTrack,
  RECORDER_TABLE,
  type RecorderClient,
  type RecorderEvent,
  type RecorderEventData,
  type RecorderMethod,
  type RecorderParams,
  type RecorderResult,
  type RecorderServer,
  type TrackStatus,
} from '../../protocol/recorder.ts';
import { decodeFeed } from '../../protocol/tap-feed.ts';
import { quiet } from '../../rooms/testing/stores.ts';

const DURABLE_EVERY_MS = 100;

export interface DoubleTrack {
  readonly track: MediaTrack | MessageTrack;
  /** How often it was started with parameters that were new. */
  stretches: number;
  packets: number;
  /** Streams of which packets have come. */
  readonly ssrcs: Set<number>;
  messages: number;
  reports: number;
  ended?: string;
  /** Room time of the last packet. */
  lastAt: number;
  /** Monotonic milliseconds of the longest time without a packet since the first one. */
  longestGapMs: number;
  readonly notes: string[];
}

export interface DoubleRoom {
  epoch: number;
  recording: boolean;
  readonly by: string[];
  readonly lines: RecorderParams<'room.log'>['lines'];
  readonly tracks: Map<string, DoubleTrack>;
  offsetMs?: number;
  tap?: { readonly tapId: string; readonly socket: Socket; port: number; from?: number; feed?: number };
  finished?: Pick<RecorderParams<'room.finish'>, 'endedAt' | 'reason'>;
}

type Listener = Parameters<RecorderServer['onEvent']>[0];
type Handlers = { readonly [M in RecorderMethod]: (params: RecorderParams<M>) => Promise<RecorderResult<M>> };

export class RecorderDouble implements RecorderServer {
  readonly nodeId: string;
  readonly rooms = new Map<string, DoubleRoom>();
  /** Every request in the order it came. */
  readonly asked: RecorderMethod[] = [];
  /** Codes to refuse methods with. */
  readonly refuses = new Map<RecorderMethod, string>();
  /** Methods that never get an answer. */
  readonly hangs = new Set<RecorderMethod>();
  /** True: nothing becomes durable, as on a disk that hangs. */
  frozen = false;
  bootId = newId();
  /** Packets whose SSRC belongs to no started track: the owner let them flow too early. */
  strays = 0;
  readonly #secret = newSecret(256);
  readonly #listeners = new Set<Listener>();
  readonly #clients: RecorderClient[] = [];
  #server: WebsocketRpcServer | undefined;
  #port = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  async listen(): Promise<void> {
    this.#server = await listenRpc({
      table: RECORDER_TABLE,
      service: this,
      logger: quiet,
      host: '127.0.0.1',
      port: this.#port,
      secret: this.#secret,
    });
    this.#port = this.#server.port;
    this.#timer = setInterval(() => this.#tellDurable(), DURABLE_EVERY_MS);
  }

  /** A link to it that connects by itself, also after `kill` and `listen`. Closed with the double. */
  client(): RecorderClient {
    const rpc = connectRpc({
      table: RECORDER_TABLE,
      url: `ws://127.0.0.1:${this.#port}`,
      secret: this.#secret,
      logger: quiet,
      label: 'recorder double',
    });
    const { nodeId } = this;
    const client: RecorderClient = {
      nodeId,
      get connected() {
        return rpc.connected;
      },
      request: (method, params, deadlineMs) => rpc.request(method, params, deadlineMs),
      on: (event, listener) => rpc.on(event, listener),
      onLink: (listener) => rpc.onLink(listener),
      close: (reason) => rpc.close(reason),
    };
    this.#clients.push(client);
    return client;
  }

  /** Ends as a killed process does: links and sockets are gone, what was written stays. `listen` starts the next run. */
  async kill(): Promise<void> {
    clearInterval(this.#timer);
    await this.#server?.close('killed');
    this.#server = undefined;
    for (const room of this.rooms.values()) this.#closeTap(room);
    this.bootId = newId();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close('end of test')));
    await this.kill();
  }

  room(roomId: string): DoubleRoom | undefined {
    return this.rooms.get(roomId);
  }

  emit<E extends RecorderEvent>(event: E, data: RecorderEventData<E>): void {
    for (const listener of this.#listeners) listener(event, data);
  }

  onEvent(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  handle<M extends RecorderMethod>(method: M, params: RecorderParams<M>): Promise<RecorderResult<M>> {
    this.asked.push(method);
    const code = this.refuses.get(method);
    if (code !== undefined)
      return Promise.reject(new AppError(code, 'Refused by the test.', { status: 409 }));
    if (this.hangs.has(method)) return new Promise(() => {});
    const handlers: Handlers = this.#handlers;
    return handlers[method](params);
  }

  readonly #handlers: Handlers = {
    'recorder.describe': async () => ({
      recorderId: `recorder-${this.nodeId}`,
      nodeId: this.nodeId,
      bootId: this.bootId,
      disk: { level: 'ok', freeBytes: 1e12, reserveBytes: 1e9 },
      ready: true,
    }),
    'recorder.clock': async () => ({ monotonicMs: systemClock.monotonic() }),
    'recorder.dump': async ({ roomIds }) => ({
      rooms: [...this.rooms]
        .filter(([roomId, room]) => !room.finished && (roomIds?.includes(roomId) ?? true))
        .map(([roomId, room]) => ({
          roomId,
          epoch: room.epoch,
          recording: room.recording,
          tap: room.tap ? { tapId: room.tap.tapId, ip: '127.0.0.1', port: room.tap.port } : null,
          tracks: this.#statuses(room),
          logSeq: room.lines.at(-1)?.seq ?? 0,
        })),
    }),
    'room.open': async ({ roomId, epoch, by }) => {
      const room: DoubleRoom = this.rooms.get(roomId) ?? {
        epoch,
        recording: true,
        by: [],
        lines: [],
        tracks: new Map(),
      };
      this.rooms.set(roomId, room);
      this.#admit({ roomId, epoch });
      room.recording = true;
      room.by.push(by);
      return { logSeq: room.lines.at(-1)?.seq ?? 0 };
    },
    'room.clock': async ({ offsetMs, ...of }) => {
      this.#admit(of).offsetMs = offsetMs;
      return {};
    },
    'room.log': async ({ lines, ...of }) => {
      const room = this.#admit(of);
      for (const line of lines) {
        const last = room.lines.at(-1)?.seq ?? 0;
        if (line.seq > last + 1) throw new AppError('conflict', 'A hole in the log.', { status: 409 });
        if (line.seq === last + 1) room.lines.push(line);
      }
      return { logSeq: room.lines.at(-1)?.seq ?? 0 };
    },
    'room.pause': async ({ by, ...of }) => {
      const room = this.#admit(of);
      room.recording = false;
      room.by.push(`paused by ${by}`);
      this.#closeTap(room);
      return {};
    },
    'room.finish': async ({ endedAt, reason, ...of }) => {
      const room = this.#admit(of);
      room.finished ??= { endedAt, reason };
      room.recording = false;
      this.#closeTap(room);
      return {};
    },
    'tap.open': async ({ tapId, ...of }) => {
      const room = this.#admit(of);
      if (room.tap?.tapId !== tapId) {
        this.#closeTap(room);
        await this.#openTap(room, tapId);
      }
      return { ip: '127.0.0.1', port: room.tap?.port ?? 0 };
    },
    'tap.connect': async ({ tapId, port, feedPort, ...of }) => {
      const { tap } = this.#admit(of);
      if (tap?.tapId !== tapId) throw new AppError('not-found', 'No such tap.', { status: 404 });
      Object.assign(tap, { from: port, feed: feedPort });
      return {};
    },
    'tap.close': async ({ tapId, ...of }) => {
      const room = this.#admit(of);
      if (room.tap?.tapId === tapId) this.#closeTap(room);
      return {};
    },
    'track.start': async ({ track, ...of }) => this.#start(this.#admit(of), track),
    'track.startMessages': async ({ track, ...of }) => this.#start(this.#admit(of), track),
    'track.note': async ({ trackId, note, detail, ...of }) => {
      const text = detail === undefined ? note : `${note} ${detail}`;
      const track = this.#admit(of).tracks.get(trackId);
      if (!track || track.ended !== undefined)
        throw new AppError('not-found', 'No such track.', { status: 404 });
      track.notes.push(text);
      return {};
    },
    'track.stop': async ({ trackId, reason, ...of }) => {
      const track = this.#admit(of).tracks.get(trackId);
      if (track) track.ended = reason;
      return {};
    },
    'track.requestKeyFrame': async () => ({}),
  };

  #admit({ roomId, epoch }: { roomId: string; epoch: number }): DoubleRoom {
    const room = this.rooms.get(roomId);
    if (!room) throw new AppError('not-found', 'No such recording.', { status: 404 });
    if (epoch < room.epoch) throw new AppError('stale-epoch', 'A newer owner records.', { status: 409 });
    room.epoch = epoch;
    return room;
  }

  #start(room: DoubleRoom, track: MediaTrack | MessageTrack): Record<string, never> {
    const known = room.tracks.get(track.trackId);
    const same = known && JSON.stringify(known.track) === JSON.stringify(track);
    if (known && same) delete known.ended;
    else {
      const before: DoubleTrack = known ?? {
        track,
        stretches: 0,
        packets: 0,
        ssrcs: new Set(),
        messages: 0,
        reports: 0,
        lastAt: 0,
        longestGapMs: 0,
        notes: [],
      };
      const { ended: _, ...kept } = before;
      room.tracks.set(track.trackId, { ...kept, track, stretches: before.stretches + 1 });
    }
    return {};
  }

  async #openTap(room: DoubleRoom, tapId: string): Promise<void> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    room.tap = { tapId, socket, port: socket.address().port };
    const { tap } = room;
    socket.on('message', (bytes, { port }) => {
      if (port === tap.feed) this.#feed(room, bytes);
      else if (port === tap.from) this.#packet(room, bytes);
    });
  }

  #closeTap(room: DoubleRoom): void {
    room.tap?.socket.close();
    delete room.tap;
  }

  #packet(room: DoubleRoom, bytes: Buffer): void {
    const type = bytes.readUInt8(1);
    if (type >= 192 && type <= 223) return;
    const ssrc = bytes.readUInt32BE(8);
    for (const track of room.tracks.values()) {
      if (!('rtpParameters' in track.track)) continue;
      if (!track.track.rtpParameters.encodings?.some((encoding) => encoding.ssrc === ssrc)) continue;
      const now = systemClock.monotonic() + (room.offsetMs ?? 0);
      if (track.packets > 0) track.longestGapMs = Math.max(track.longestGapMs, now - track.lastAt);
      track.packets += 1;
      track.ssrcs.add(ssrc);
      track.lastAt = now;
      return;
    }
    this.strays += 1;
  }

  #feed(room: DoubleRoom, bytes: Uint8Array): void {
    const datagram = decodeFeed(bytes);
    const track = datagram && room.tracks.get(datagram.id);
    if (!track) {
      this.strays += 1;
      return;
    }
    if (datagram.kind === 'message') track.messages += 1;
    else track.reports += 1;
  }

  #statuses(room: DoubleRoom): TrackStatus[] {
    const now = systemClock.monotonic() + (room.offsetMs ?? 0);
    return [...room.tracks].map(([trackId, { lastAt, ended }]) => ({
      trackId,
      durableUntil: Math.max(0, lastAt),
      state: ended !== undefined ? 'ended' : now - lastAt < 1000 ? 'recording' : 'idle',
    }));
  }

  #tellDurable(): void {
    if (this.frozen) return;
    for (const [roomId, room] of this.rooms)
      if (room.recording) this.emit('room.durable', { roomId, tracks: this.#statuses(room) });
  }
}
