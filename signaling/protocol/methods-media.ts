/**
 * Media methods of the live connection. Transports, producers and data producers are asked for by the client;
 * consumers are pushed by the server, which decides from `media.views` what each peer receives (design section 5).
 * Ids are made by the client, so that a repeated request finds what the first one made.
 */
import * as z from 'zod/mini';
import {
  DtlsParameters,
  IceCandidates,
  IceParameters,
  IceServer,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
  Rung,
  SctpParameters,
  SctpStreamParameters,
  SourceInfo,
} from './media.ts';
import { Id, Label } from './values.ts';

const Nothing = z.strictObject({});

/** How a viewer shows a video source now. Sources not listed are not shown. */
export const View = z.strictObject({
  producerId: Id,
  /** Size of the tile in device pixels, times the zoom into it. */
  width: z.int().check(z.gte(0), z.lte(65_536)),
  height: z.int().check(z.gte(0), z.lte(65_536)),
  /** False while scrolled away, minimised or in a hidden page: nothing is sent then. */
  visible: z.boolean(),
  /** 1 (background) to 10 (the picture the person works with). */
  priority: z.int().check(z.gte(1), z.lte(10)),
});
export type View = z.infer<typeof View>;

export const DataLabel = z.enum(['beat', 'still', 'preview', 'pose', 'fetch']);
export type DataLabel = z.infer<typeof DataLabel>;

export const mediaMethods = {
  /** First media request of a join: says what this browser can receive; repeated after a reload or a media loss. */
  'media.start': {
    params: z.strictObject({ rtpCapabilities: RtpCapabilities }),
    result: z.strictObject({
      routerRtpCapabilities: RtpCapabilities,
      iceServers: z.array(IceServer),
      iceTransportPolicy: z.enum(['all', 'relay']),
      /** Changes when media had to be rebuilt; transports of an older generation are gone. */
      generation: z.int(),
      av1: z.boolean(),
    }),
  },
  'media.createTransport': {
    params: z.strictObject({
      transportId: Id,
      direction: z.enum(['send', 'recv']),
      /** What the pre-check measured the link to carry, in bit/s. */
      measuredBitrate: z.optional(z.int().check(z.gte(0), z.lte(1e9))),
    }),
    result: z.strictObject({
      transportId: Id,
      iceParameters: IceParameters,
      iceCandidates: IceCandidates,
      dtlsParameters: DtlsParameters,
      sctpParameters: SctpParameters,
    }),
  },
  'media.connectTransport': {
    params: z.strictObject({ transportId: Id, dtlsParameters: DtlsParameters }),
    result: Nothing,
  },
  'media.restartIce': {
    params: z.strictObject({ transportId: Id }),
    result: z.strictObject({ iceParameters: IceParameters, iceServers: z.array(IceServer) }),
  },
  'media.closeTransport': { params: z.strictObject({ transportId: Id }), result: Nothing },
  'media.produce': {
    params: z.strictObject({
      transportId: Id,
      producerId: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      source: SourceInfo,
    }),
    result: z.strictObject({ producerId: Id }),
  },
  'media.closeProducer': { params: z.strictObject({ producerId: Id }), result: Nothing },
  'media.pauseProducer': { params: z.strictObject({ producerId: Id, paused: z.boolean() }), result: Nothing },
  /** The publisher announces the rung of its uplink; it becomes a fact and everyone sees it. */
  'media.announceRung': {
    params: z.strictObject({
      producerId: Id,
      rung: Rung,
      reason: z.enum(['link', 'cpu', 'recovered', 'start', 'asked']),
    }),
    result: Nothing,
  },
  /** `beat`: on every send transport, 2 a second. `still`: one per video source. `preview`: marks in progress. `pose`: where
   * marks are, by the device that shows them. `fetch`: a kept frame at full size, for one peer alone. */
  'media.produceData': {
    params: z.strictObject({
      transportId: Id,
      dataProducerId: Id,
      label: DataLabel,
      /** The video source a `still` channel belongs to. */
      producerId: z.optional(Id),
      /** Who alone receives a `fetch` channel. */
      toPeerId: z.optional(Id),
      sctpStreamParameters: SctpStreamParameters,
    }),
    result: z.strictObject({ dataProducerId: Id }),
  },
  'media.closeDataProducer': { params: z.strictObject({ dataProducerId: Id }), result: Nothing },
  /** The whole of what the viewer shows now; replaces what it said before. */
  'media.views': { params: z.strictObject({ views: z.array(View).check(z.maxLength(64)) }), result: Nothing },
  /** The receiver for a pushed consumer exists; its packets may flow. */
  'media.consumerReady': { params: z.strictObject({ consumerId: Id }), result: Nothing },
  /** The client could not use a pushed consumer; the plan tries another encoding or reports it. */
  'media.consumerFailed': { params: z.strictObject({ consumerId: Id, reason: Label }), result: Nothing },
  /** Statistics for the operator's graphs and the ladder: at most one a second, not a fact. */
  'media.report': {
    params: z.strictObject({
      firstFrameMs: z.optional(z.number()),
      joinMs: z.optional(z.number()),
      rttMs: z.optional(z.number()),
      lossFraction: z.optional(z.number().check(z.gte(0), z.lte(1))),
      availableBitrate: z.optional(z.number()),
      reconnects: z.optional(z.int()),
    }),
    result: Nothing,
  },
} as const;
