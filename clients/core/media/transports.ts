/**
 * The two WebRTC transports of a peer in a room: made, connected, restarted, closed. Which transport carries what is
 * decided above; when something must be restarted is decided by `Recovery`.
 */
import type { types } from 'mediasoup-client';
import * as z from 'zod/mini';
import { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Result } from '../../../signaling/protocol/methods.ts';
import { DataLabel } from '../../../signaling/protocol/methods-media.ts';
import { Id } from '../../../signaling/protocol/values.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError } from '../errors.ts';
import { newId } from '../ids.ts';
import { ClientRtpCapabilities, type DeviceFactory, type Request } from './engine.ts';

const REQUEST_MS = 4000;
/** The most that `media.createTransport` takes; a pre-check within one machine measures more. */
const MOST_BITRATE = 1e9;

export type Direction = 'send' | 'recv';
export type Started = Result<'media.start'>;

export interface TransportsEvents {
  state: { readonly direction: Direction; readonly state: types.ConnectionState };
}

/**
 * What the last start of this page found: the router's capabilities and what this browser offered to them. Shared by all
 * sessions of a client, so that only the first start needs two questions.
 */
export interface RouterMemory {
  known?: { readonly router: string; readonly offer: types.RtpCapabilities };
}

/** What `produce` carries in `appData`, for the `produce` event to tell the server. */
export const ProduceData = z.strictObject({ producerId: Id, source: SourceInfo });
export const ProduceDataData = z.strictObject({
  dataProducerId: Id,
  label: DataLabel,
  producerId: z.optional(Id),
  toPeerId: z.optional(Id),
});

export class Transports {
  readonly events = new Emitter<TransportsEvents>();
  readonly #request: Request;
  readonly #createDevice: DeviceFactory;
  readonly #measured: Readonly<Record<Direction, number | undefined>>;
  readonly #open = new Map<Direction, types.Transport>();
  readonly #making = new Map<Direction, Promise<types.Transport>>();
  #next: Promise<types.Device> | undefined;
  #device: types.Device | undefined;
  #started: Started | undefined;
  readonly #memory: RouterMemory;

  /** @param measured what the pre-check measured in bit/s, where it ran. */
  constructor(
    request: Request,
    createDevice: DeviceFactory,
    measured: { send: number | undefined; recv: number | undefined },
    memory: RouterMemory,
  ) {
    this.#memory = memory;
    this.#request = request;
    this.#createDevice = createDevice;
    this.#measured = measured;
    // Loaded while the room is being joined, since on a slow link the library takes longer than the join.
    this.#next = createDevice();
    this.#next.catch(() => {
      // `start` meets the same rejection and reports it.
    });
  }

  get device(): types.Device | undefined {
    return this.#device;
  }

  get started(): Started | undefined {
    return this.#started;
  }

  get(direction: Direction): types.Transport | undefined {
    return this.#open.get(direction);
  }

  /** Closes what there was and starts anew: afterwards `make` makes transports of the new generation. */
  async start(): Promise<Started> {
    const old = [...this.#open.values()].map((transport) => transport.id);
    this.close();
    const device = await (this.#next ?? this.#createDevice());
    this.#next = undefined;
    // What this browser receives is numbered by the router's capabilities (header extension ids), which only
    // `media.start` brings. So the first start of a page asks twice; later ones offer what was found before.
    let started = await this.#start(this.#memory.known?.offer ?? { codecs: [], headerExtensions: [] });
    const text = JSON.stringify(started.routerRtpCapabilities);
    await device.load({
      routerRtpCapabilities: z.parse(ClientRtpCapabilities, started.routerRtpCapabilities),
    });
    if (this.#memory.known?.router !== text) {
      started = await this.#start(device.recvRtpCapabilities);
      this.#memory.known = { router: text, offer: device.recvRtpCapabilities };
    }
    this.#started = started;
    this.#device = device;
    for (const transportId of old) this.#forget(transportId);
    return started;
  }

  /** The open transport of this direction, made when there is none. Needs `start`. */
  async make(direction: Direction): Promise<types.Transport> {
    const open = this.#open.get(direction);
    if (open && !open.closed) return open;
    const making = this.#making.get(direction) ?? this.#make(direction);
    this.#making.set(direction, making);
    try {
      return await making;
    } finally {
      if (this.#making.get(direction) === making) this.#making.delete(direction);
    }
  }

  /** Restarts ICE on every open transport with fresh TURN credentials. */
  async restartIce(): Promise<void> {
    await Promise.all(
      [...this.#open.values()].map(async (transport) => {
        const answer = await this.#request(
          'media.restartIce',
          { transportId: transport.id },
          { deadlineMs: 1500 },
        );
        if (answer.iceServers.length > 0) await transport.updateIceServers({ iceServers: answer.iceServers });
        await transport.restartIce({ iceParameters: answer.iceParameters });
      }),
    );
  }

  /** Closes the transports here; the server is told by `start` or by leaving. Idempotent. */
  close(): void {
    for (const transport of this.#open.values()) transport.close();
    this.#open.clear();
    this.#making.clear();
    this.#device = undefined;
    this.#started = undefined;
  }

  #start(rtpCapabilities: types.RtpCapabilities): Promise<Started> {
    return this.#request('media.start', { rtpCapabilities }, { deadlineMs: REQUEST_MS });
  }

  /** Not waited for: the server ends old transports at a new start anyway, this only spares it the finding out. */
  #forget(transportId: string): void {
    this.#request('media.closeTransport', { transportId }, { deadlineMs: REQUEST_MS }).catch(
      (error: unknown) => {
        if (!isClientError(error)) throw error;
      },
    );
  }

  async #make(direction: Direction): Promise<types.Transport> {
    const { device, started } = this.#needStarted();
    const transportId = newId();
    const measured = this.#measured[direction];
    const made = await this.#request(
      'media.createTransport',
      { transportId, direction, ...(measured ? { measuredBitrate: wireBitrate(measured) } : {}) },
      { deadlineMs: REQUEST_MS },
    );
    if (this.#device !== device) throw new ClientError('conflict', 'Media was started anew meanwhile.');
    const options: types.TransportOptions = {
      id: made.transportId,
      iceParameters: made.iceParameters,
      iceCandidates: made.iceCandidates,
      dtlsParameters: made.dtlsParameters,
      sctpParameters: made.sctpParameters,
      iceServers: started.iceServers,
      iceTransportPolicy: started.iceTransportPolicy,
    };
    const transport =
      direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    this.#open.set(direction, transport);
    this.#wire(transport, direction);
    return transport;
  }

  #needStarted(): { device: types.Device; started: Started } {
    if (!this.#device || !this.#started) throw new ClientError('conflict', 'Media has not been started.');
    return { device: this.#device, started: this.#started };
  }

  #wire(transport: types.Transport, direction: Direction): void {
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      this.#request(
        'media.connectTransport',
        { transportId: transport.id, dtlsParameters },
        { deadlineMs: REQUEST_MS },
      ).then(() => done(), fail);
    });
    transport.on('connectionstatechange', (state) => this.events.emit('state', { direction, state }));
    if (direction === 'recv') return;
    transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      const data = ProduceData.safeParse(appData);
      if (!data.success) {
        fail(new TypeError('produce() needs a producerId and a source.'));
        return;
      }
      const params = { transportId: transport.id, kind, rtpParameters, ...data.data };
      this.#request('media.produce', params, { deadlineMs: REQUEST_MS }).then(
        (answer) => done({ id: answer.producerId }),
        fail,
      );
    });
    transport.on('producedata', ({ sctpStreamParameters, appData }, done, fail) => {
      const data = ProduceDataData.safeParse(appData);
      const { streamId, ...rest } = sctpStreamParameters;
      if (!data.success || streamId === undefined) {
        fail(new TypeError('produceData() needs a label, an id and a stream.'));
        return;
      }
      const params = { transportId: transport.id, sctpStreamParameters: { ...rest, streamId }, ...data.data };
      this.#request('media.produceData', params, { deadlineMs: REQUEST_MS }).then(
        (answer) => done({ id: answer.dataProducerId }),
        fail,
      );
    });
  }
}

/** A measured rate in bit/s as the wire carries it. */
function wireBitrate(measured: number): number {
  return Math.min(MOST_BITRATE, Math.max(0, Math.round(measured)));
}
