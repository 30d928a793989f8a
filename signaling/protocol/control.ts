/**
 * The control contract between the owner of a room and a media node (design section 3): requests with deadlines,
 * events, and `node.dump` to resume after either side was away. One ordered full-duplex link carries all of it; in
 * `--role all` the same contract runs over an in-memory pair. Every id is chosen by the owner, so that a repeated
 * request finds what the first one made. Every request about a room carries the owner's epoch; lower ones are refused.
 */
import * as z from 'zod/mini';
import {
  DtlsParameters,
  IceCandidates,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  SctpParameters,
  SctpStreamParameters,
  SrtpParameters,
} from './media.ts';
import { DataLabel } from './methods-media.ts';
import { Id, Label } from './values.ts';

const Nothing = z.strictObject({});
const Bitrate = z.int().check(z.gte(0), z.lte(1e9));
const Layers = z.strictObject({ spatialLayer: z.int(), temporalLayer: z.optional(z.int()) });
/** Stands in front of every request about a room. */
const room = { roomId: Id, epoch: z.int() };

/** Where a router is: at most one per room and worker, so the pair names it. */
const router = { ...room, workerId: Id };

/**
 * A pipe brings a source to another worker of the same node under the same id. With the transport only that
 * copy is meant; without it the original and all its copies on the node.
 */
const oneCopy = { transportId: z.optional(Id) };

export const WorkerStatus = z.strictObject({
  workerId: Id,
  routers: z.int(),
  consumers: z.int(),
  producers: z.int(),
  /** Packets sent in the last second, over all transports: what placement goes by. */
  packetsOutPerSecond: z.number(),
  /** Share of one core, 0 to 1. */
  cpu: z.number(),
});
export type WorkerStatus = z.infer<typeof WorkerStatus>;

/** Everything a node holds of one room, enough for a new owner to go on with it. */
export const RoomDump = z.strictObject({
  roomId: Id,
  epoch: z.int(),
  workerIds: z.array(Id),
  transports: z.array(
    z.strictObject({
      transportId: Id,
      workerId: Id,
      kind: z.enum(['webrtc', 'pipe', 'tap']),
      peerId: z.optional(Id),
      direction: z.optional(z.enum(['send', 'recv'])),
      connected: z.boolean(),
      silent: z.boolean(),
      /** As given when the transport was made. */
      rtpCapabilities: z.optional(RtpCapabilities),
    }),
  ),
  producers: z.array(
    z.strictObject({
      producerId: Id,
      transportId: Id,
      workerId: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
      /** Best score of its streams, 0 to 10; absent before the first packet. */
      score: z.optional(z.number()),
    }),
  ),
  consumers: z.array(
    z.strictObject({
      consumerId: Id,
      transportId: Id,
      producerId: Id,
      workerId: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
      /** Layers that reach the viewer now, as the last `consumer.layers` said; absent for streams without layers. */
      layers: z.optional(
        z.strictObject({ spatialLayer: z.nullable(z.int()), temporalLayer: z.nullable(z.int()) }),
      ),
    }),
  ),
  dataProducers: z.array(
    z.strictObject({
      dataProducerId: Id,
      transportId: Id,
      workerId: Id,
      label: DataLabel,
      producerId: z.optional(Id),
      toPeerId: z.optional(Id),
      sctpStreamParameters: z.optional(SctpStreamParameters),
    }),
  ),
  dataConsumers: z.array(
    z.strictObject({ dataConsumerId: Id, transportId: Id, dataProducerId: Id, label: DataLabel }),
  ),
});
export type RoomDump = z.infer<typeof RoomDump>;

export const CONTROL = {
  'node.describe': {
    params: Nothing,
    result: z.strictObject({
      nodeId: Id,
      region: Label,
      /** Changes when the node's process is new: then nothing of before exists. */
      bootId: Id,
      draining: z.boolean(),
      rtpCapabilities: RtpCapabilities,
      workers: z.array(WorkerStatus),
    }),
  },
  'node.dump': {
    params: z.strictObject({ roomIds: z.optional(z.array(Id)) }),
    result: z.strictObject({ rooms: z.array(RoomDump) }),
  },
  /** Takes a room over: from now on lower epochs are refused. Idempotent. */
  'room.claim': { params: z.strictObject(room), result: Nothing },
  'room.close': { params: z.strictObject(room), result: Nothing },
  'router.create': {
    params: z.strictObject(router),
    result: z.strictObject({ rtpCapabilities: RtpCapabilities }),
  },
  'router.close': { params: z.strictObject(router), result: Nothing },

  'transport.createWebRtc': {
    params: z.strictObject({
      ...router,
      transportId: Id,
      peerId: Id,
      direction: z.enum(['send', 'recv']),
      initialOutgoingBitrate: z.optional(Bitrate),
      /** What the peer can receive; kept for the dump, so that a later owner knows it too. */
      rtpCapabilities: z.optional(RtpCapabilities),
    }),
    result: z.strictObject({
      iceParameters: IceParameters,
      iceCandidates: IceCandidates,
      dtlsParameters: DtlsParameters,
      sctpParameters: SctpParameters,
    }),
  },
  'transport.connectWebRtc': {
    params: z.strictObject({ ...room, transportId: Id, dtlsParameters: DtlsParameters }),
    result: Nothing,
  },
  'transport.restartIce': {
    params: z.strictObject({ ...room, transportId: Id }),
    result: z.strictObject({ iceParameters: IceParameters }),
  },
  'transport.setBitrates': {
    params: z.strictObject({
      ...room,
      transportId: Id,
      maxIncoming: z.optional(Bitrate),
      maxOutgoing: z.optional(Bitrate),
    }),
    result: Nothing,
  },
  /** One end of a pipe between two routers, on this node or another; SRTP always. */
  'transport.createPipe': {
    params: z.strictObject({ ...router, transportId: Id }),
    result: z.strictObject({ ip: z.string(), port: z.int(), srtpParameters: SrtpParameters }),
  },
  'transport.connectPipe': {
    params: z.strictObject({
      ...room,
      transportId: Id,
      ip: z.string(),
      port: z.int(),
      srtpParameters: SrtpParameters,
    }),
    result: Nothing,
  },
  'transport.close': { params: z.strictObject({ ...room, transportId: Id }), result: Nothing },
  /** The server's beat on a receive transport: 2 a second, 8 bytes, unordered and unreliable. */
  'transport.beat': {
    params: z.strictObject({ ...room, transportId: Id }),
    result: z.strictObject({
      dataConsumerId: Id,
      dataProducerId: Id,
      sctpStreamParameters: SctpStreamParameters,
    }),
  },
  'transport.stats': {
    params: z.strictObject({ ...room, transportId: Id }),
    result: z.strictObject({ stats: z.array(z.record(z.string(), z.unknown())) }),
  },

  'producer.create': {
    params: z.strictObject({
      ...room,
      transportId: Id,
      producerId: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    result: z.strictObject({ type: z.enum(['simple', 'simulcast', 'svc']) }),
  },
  'producer.setPaused': {
    params: z.strictObject({ ...room, producerId: Id, ...oneCopy, paused: z.boolean() }),
    result: Nothing,
  },
  'producer.close': { params: z.strictObject({ ...room, producerId: Id, ...oneCopy }), result: Nothing },

  'consumer.create': {
    params: z.strictObject({
      ...room,
      transportId: Id,
      consumerId: Id,
      producerId: Id,
      /** Absent on a pipe transport, which takes everything. */
      rtpCapabilities: z.optional(RtpCapabilities),
      paused: z.boolean(),
      layers: z.optional(Layers),
      priority: z.optional(z.int().check(z.gte(1), z.lte(255))),
    }),
    /** Refused with `cannot-consume` when the capabilities do not fit. */
    result: z.strictObject({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      type: z.enum(['simple', 'simulcast', 'svc', 'pipe']),
      producerPaused: z.boolean(),
    }),
  },
  'consumer.setPaused': {
    params: z.strictObject({ ...room, consumerId: Id, paused: z.boolean() }),
    result: Nothing,
  },
  'consumer.setLayers': {
    params: z.strictObject({
      ...room,
      consumerId: Id,
      layers: Layers,
      priority: z.optional(z.int().check(z.gte(1), z.lte(255))),
    }),
    result: Nothing,
  },
  'consumer.requestKeyFrame': { params: z.strictObject({ ...room, consumerId: Id }), result: Nothing },
  'consumer.close': { params: z.strictObject({ ...room, consumerId: Id }), result: Nothing },

  'dataProducer.create': {
    params: z.strictObject({
      ...room,
      transportId: Id,
      dataProducerId: Id,
      label: DataLabel,
      producerId: z.optional(Id),
      /** Kept for whoever takes the room over: nobody else may receive it. */
      toPeerId: z.optional(Id),
      /** On the far end of a pipe: those that `dataConsumer.create` answered at its beginning. */
      sctpStreamParameters: z.optional(SctpStreamParameters),
    }),
    result: Nothing,
  },
  'dataProducer.close': {
    params: z.strictObject({ ...room, dataProducerId: Id, ...oneCopy }),
    result: Nothing,
  },
  'dataConsumer.create': {
    params: z.strictObject({ ...room, transportId: Id, dataConsumerId: Id, dataProducerId: Id }),
    result: z.strictObject({ sctpStreamParameters: z.optional(SctpStreamParameters) }),
  },
  'dataConsumer.close': { params: z.strictObject({ ...room, dataConsumerId: Id }), result: Nothing },

  /**
   * The way to the recorder on the same host: a pipe over loopback without SRTP that carries every layer, and a feed of
   * timed messages and of the publishers' own sender reports (`tap-feed.ts`). Answers where the node sends from.
   */
  'tap.create': {
    params: z.strictObject({ ...router, tapId: Id }),
    result: z.strictObject({ ip: z.string(), port: z.int(), feedPort: z.int() }),
  },
  /** Where the recorder listens; a recorder that is new listens elsewhere, and the tap is made anew under a new id. */
  'tap.connect': {
    params: z.strictObject({ ...room, tapId: Id, ip: z.string(), port: z.int() }),
    result: Nothing,
  },
  /** Starts paused; `consumer.setPaused`, `consumer.requestKeyFrame` and `consumer.close` go on with it. */
  'tap.consume': {
    params: z.strictObject({
      ...room,
      tapId: Id,
      consumerId: Id,
      producerId: Id,
      /** The producer as its publisher named it, and its worker: whose sender reports are fed. */
      originalId: Id,
      originalWorkerId: Id,
    }),
    result: z.strictObject({ kind: MediaKind, rtpParameters: RtpParameters }),
  },
  /** Feeds the messages of a data producer; `dataConsumer.close` ends it. */
  'tap.consumeData': {
    params: z.strictObject({
      ...room,
      tapId: Id,
      dataConsumerId: Id,
      dataProducerId: Id,
      /** The data producer as its publisher named it: the id in the feed. */
      originalId: Id,
    }),
    result: Nothing,
  },
  'tap.close': { params: z.strictObject({ ...room, tapId: Id }), result: Nothing },
} as const;

export type ControlMethod = keyof typeof CONTROL;
export type ControlParams<M extends ControlMethod> = z.infer<(typeof CONTROL)[M]['params']>;
export type ControlResult<M extends ControlMethod> = z.infer<(typeof CONTROL)[M]['result']>;

export const CONTROL_EVENTS = {
  'node.status': z.strictObject({ draining: z.boolean(), workers: z.array(WorkerStatus) }),
  /** Everything of these rooms on that worker is gone; a fresh worker stands in under a new id. */
  'worker.died': z.strictObject({ workerId: Id, roomIds: z.array(Id) }),
  'worker.started': z.strictObject({ workerId: Id }),
  'transport.state': z.strictObject({
    roomId: Id,
    transportId: Id,
    peerId: z.optional(Id),
    state: z.enum(['connecting', 'connected', 'disconnected', 'failed', 'closed']),
    /** Protocol of the selected tuple, once there is one. */
    protocol: z.optional(z.enum(['udp', 'tcp'])),
  }),
  /** 1.5 s without a packet or beat on a connected send transport, or the end of that. */
  'transport.silence': z.strictObject({
    roomId: Id,
    transportId: Id,
    peerId: z.optional(Id),
    silent: z.boolean(),
  }),
  /** Estimate of what the downlink of a receive transport carries, in bit/s; at most one a second. */
  'transport.downlink': z.strictObject({
    roomId: Id,
    transportId: Id,
    peerId: z.optional(Id),
    availableBitrate: z.number(),
    desiredBitrate: z.number(),
  }),
  /** Scores 0 to 10 per stream of a producer; 0 is a stream that does not flow. */
  'producer.score': z.strictObject({
    roomId: Id,
    producerId: Id,
    streams: z.array(z.strictObject({ rid: z.optional(z.string()), ssrc: z.int(), score: z.int() })),
  }),
  'consumer.layers': z.strictObject({
    roomId: Id,
    consumerId: Id,
    spatialLayer: z.nullable(z.int()),
    temporalLayer: z.nullable(z.int()),
  }),
  'consumer.score': z.strictObject({ roomId: Id, consumerId: Id, score: z.int(), producerScore: z.int() }),
  speaking: z.strictObject({
    roomId: Id,
    workerId: Id,
    /** Loudest first, levels in dBov. Empty: silence. */
    speakers: z.array(z.strictObject({ producerId: Id, level: z.number() })),
  }),
} as const;
export type ControlEvent = keyof typeof CONTROL_EVENTS;
export type ControlEventData<E extends ControlEvent> = z.infer<(typeof CONTROL_EVENTS)[E]>;

/** What the owner of rooms sees of one media node, in memory or over a connection. */
export interface ControlClient {
  readonly nodeId: string;
  readonly connected: boolean;
  request<M extends ControlMethod>(
    method: M,
    params: ControlParams<M>,
    deadlineMs?: number,
  ): Promise<ControlResult<M>>;
  /** Returns the function that stops listening. */
  on<E extends ControlEvent>(event: E, listener: (data: ControlEventData<E>) => void): () => void;
  /** `up` after each (re)connect, when `node.dump` must be compared; `down` when the node cannot be reached. */
  onLink(listener: (state: 'up' | 'down') => void): () => void;
  close(reason: string): Promise<void>;
}

/** What a media node implements; the link calls it with parsed parameters. */
export interface ControlServer {
  handle<M extends ControlMethod>(method: M, params: ControlParams<M>): Promise<ControlResult<M>>;
  /** The link passes every event to each connected owner. Returns the function that stops it. */
  onEvent(listener: <E extends ControlEvent>(event: E, data: ControlEventData<E>) => void): () => void;
}

/** Both halves of the contract, as the link in `platform/rpc` takes them. */
export const CONTROL_TABLE = { methods: CONTROL, events: CONTROL_EVENTS } as const;
