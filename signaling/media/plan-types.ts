/** What the plan is made from and what it says. Plain values: the plan is a pure function between them. */
import type { MediaKind, RtpCapabilities, Rung } from '../protocol/media.ts';
import type { DataLabel, View } from '../protocol/methods-media.ts';
import type { RoomState } from '../protocol/state.ts';
import type { MinimumRung } from './config.ts';
import type { AlternativeCodec, CodecOf } from './decode.ts';
import type { LayerChoice, LayerMap } from './layers.ts';

/** How far a viewer's own link carries one source: pixels, one still a second, or sound alone. */
export type LinkRung = 'picture' | 'still' | 'audio';

/** A peer that has media here. */
export interface PlanPeer {
  readonly peerId: string;
  /** Worker that its transports live on. */
  readonly workerKey: string;
  readonly recvTransportId?: string;
  /** Absent after a takeover until the peer starts anew: then the node alone judges what fits. */
  readonly rtpCapabilities?: RtpCapabilities;
  /** What it shows now. Absent until it says so: then what flows to it already goes on as it is. */
  readonly views?: ReadonlyMap<string, View>;
  /** When each source was last visible, by the clock of `now`. */
  readonly lastShown: ReadonlyMap<string, number>;
  /** Producers this peer turned out not to decode. */
  readonly cannot: ReadonlySet<string>;
  /** Where its link stands for each source; absent: picture. */
  readonly link: ReadonlyMap<string, LinkRung>;
  /** Producers that flow to it now, which only matters while its views are unknown. */
  readonly flowing: ReadonlySet<string>;
}

/** A producer as the node has it on the worker of its publisher. */
export interface PlanProducer {
  readonly producerId: string;
  readonly workerKey: string;
  readonly kind: MediaKind;
  readonly codec: CodecOf;
  readonly layers: LayerMap;
}

export interface PlanDataProducer {
  readonly dataProducerId: string;
  readonly peerId: string;
  readonly workerKey: string;
  readonly label: DataLabel;
  /** The video source that stills and poses belong to. */
  readonly producerId?: string;
  /** Who alone receives it. */
  readonly toPeerId?: string;
}

/**
 * What is asked for the recording of a room (design section 7). Every source is taken: whoever watches, or nobody.
 */
export interface RecordingDemand {
  readonly tapId: string;
  /** The worker the tap stands on: the room's home when the recorder was asked. */
  readonly workerKey: string;
  /** Where the recorder listens. Absent: the tap was found at a takeover and stays as it is. */
  readonly remote?: TapAddress;
  /** Keys of what the recorder is ready for (`tapKeyOf`, ids of data consumers): nothing else starts to flow. */
  readonly ready: ReadonlySet<string>;
}

export interface TapAddress {
  readonly ip: string;
  readonly port: number;
}

export interface PlanInput {
  readonly roomId: string;
  readonly state: RoomState;
  readonly peers: readonly PlanPeer[];
  readonly producers: ReadonlyMap<string, PlanProducer>;
  readonly dataProducers: readonly PlanDataProducer[];
  /** Absent: nothing is recorded. */
  readonly recording?: RecordingDemand;
  readonly minimumRung: MinimumRung;
  /** Monotonic milliseconds. */
  readonly now: number;
  /** How long a consumer of something out of sight is kept, paused, before it is closed. */
  readonly keepHiddenMs: number;
}

export interface DesiredConsumer {
  readonly consumerId: string;
  readonly peerId: string;
  readonly transportId: string;
  readonly workerKey: string;
  /** The producer, or what stands for it on the viewer's worker. */
  readonly producerId: string;
  /** The producer as its publisher named it; what the client is told. */
  readonly originalId: string;
  /** The source on the tile: `originalId`, or the source it is an alternative of. */
  readonly sourceId: string;
  readonly kind: MediaKind;
  readonly paused: boolean;
  /** Paused because it is out of sight or silenced, not because of the viewer's link. */
  readonly idle: boolean;
  /** Absent: leave the layers as they are. */
  readonly layers?: LayerChoice;
  /** 1 to 255, mediasoup's own scale; higher is served first. */
  readonly priority: number;
  /** Rung of those layers; absent for audio. */
  readonly rung?: Rung;
  /** True when the rung is the best this producer has. */
  readonly full: boolean;
}

export interface DesiredDataConsumer {
  readonly dataConsumerId: string;
  readonly peerId: string;
  readonly transportId: string;
  readonly workerKey: string;
  readonly dataProducerId: string;
  readonly originalId: string;
  readonly ownerPeerId: string;
  readonly label: DataLabel;
  readonly producerId?: string;
}

export interface PipeEnd {
  readonly workerKey: string;
  readonly transportId: string;
}
/** A pipe between two workers that both hold peers of the room. */
export interface DesiredPipe {
  readonly ends: readonly [PipeEnd, PipeEnd];
}

/** A producer that another worker needs, carried over their pipe. */
export interface DesiredFlow {
  readonly originalId: string;
  readonly kind: MediaKind;
  readonly from: PipeEnd;
  readonly to: PipeEnd;
  readonly consumerId: string;
  readonly pipedId: string;
  /** True while nobody over there has it running. */
  readonly paused: boolean;
}

export interface DesiredDataFlow {
  readonly originalId: string;
  readonly label: DataLabel;
  readonly from: PipeEnd;
  readonly to: PipeEnd;
  readonly dataConsumerId: string;
  readonly pipedId: string;
}

/** What the recorder receives of one source: all of its layers, whatever they are. */
export interface DesiredTapConsumer {
  readonly consumerId: string;
  readonly tapId: string;
  readonly workerKey: string;
  /** The producer, or what stands for it on the tap's worker. */
  readonly producerId: string;
  readonly originalId: string;
  /** Where its publisher's own sender reports arrive. */
  readonly originalWorkerKey: string;
  readonly kind: MediaKind;
  /** Always false: a source that is silenced is paused where it comes in. */
  readonly paused: boolean;
}

export interface DesiredTapData {
  readonly dataConsumerId: string;
  readonly tapId: string;
  readonly workerKey: string;
  readonly dataProducerId: string;
  readonly originalId: string;
  readonly ownerPeerId: string;
  readonly label: DataLabel;
  readonly producerId?: string;
}

/** What a publisher is told of one of its video producers. */
export interface Demand {
  readonly peerId: string;
  readonly rung: Rung | null;
  readonly stills: boolean;
  readonly alternatives: readonly AlternativeCodec[];
}

export interface Plan {
  readonly consumers: ReadonlyMap<string, DesiredConsumer>;
  readonly dataConsumers: ReadonlyMap<string, DesiredDataConsumer>;
  readonly pipes: readonly DesiredPipe[];
  /** By the id of the piped producer. */
  readonly flows: ReadonlyMap<string, DesiredFlow>;
  readonly dataFlows: ReadonlyMap<string, DesiredDataFlow>;
  readonly tap?: RecordingDemand;
  readonly tapConsumers: ReadonlyMap<string, DesiredTapConsumer>;
  readonly tapData: ReadonlyMap<string, DesiredTapData>;
  /** Producers whose packets must not go on, by the id the publisher gave. */
  readonly pausedProducers: ReadonlySet<string>;
  readonly demands: ReadonlyMap<string, Demand>;
}
