/** What a room holds on this node: mediasoup's objects under the owner's ids. */
import type * as mediasoup from 'mediasoup/types';
import type { ControlEventData, ControlParams } from '../signaling/protocol/control.ts';
import type { TapFeed } from './taps-feed.ts';

export type TransportState = ControlEventData<'transport.state'>['state'];
export type DataLabel = ControlParams<'dataProducer.create'>['label'];

/** A connection that is made once; a repeat with the same parameters waits for the first. */
export interface Connecting {
  readonly identity: string;
  readonly done: Promise<void>;
}

interface TransportBase {
  readonly transportId: string;
  readonly workerId: string;
  connecting?: Connecting;
}

export interface WebRtcEntry extends TransportBase {
  readonly kind: 'webrtc';
  readonly transport: mediasoup.WebRtcTransport;
  readonly peerId: string;
  readonly direction: 'send' | 'recv';
  state: TransportState | 'new';
  silent: boolean;
  /** What the peer can receive, for the owner who comes after the one that was told. */
  readonly rtpCapabilities?: ControlParams<'transport.createWebRtc'>['rtpCapabilities'];
}

export interface PipeEntry extends TransportBase {
  readonly kind: 'pipe';
  readonly transport: mediasoup.PipeTransport;
}

/** The way to the recorder on this host. */
export interface TapEntry extends TransportBase {
  readonly kind: 'tap';
  readonly transport: mediasoup.PipeTransport;
  /** Where data messages reach JavaScript; it and the feed close with the transport. */
  readonly direct: mediasoup.DirectTransport;
  readonly feed: TapFeed;
}

export type TransportEntry = WebRtcEntry | PipeEntry | TapEntry;

export interface ProducerEntry {
  readonly producerId: string;
  readonly transportId: string;
  readonly workerId: string;
  /** A copy that a pipe brought here; its scores and levels are told where the original is. */
  readonly copy: boolean;
  readonly producer: mediasoup.Producer;
}

export interface ConsumerEntry {
  readonly consumerId: string;
  readonly transportId: string;
  readonly producerId: string;
  readonly workerId: string;
  readonly consumer: mediasoup.Consumer;
}

export interface DataProducerEntry {
  readonly dataProducerId: string;
  readonly transportId: string;
  readonly workerId: string;
  readonly label: DataLabel;
  /** The video source a `still` or `pose` channel belongs to. */
  readonly producerId?: string;
  /** Who alone receives a `fetch` channel. */
  readonly toPeerId?: string;
  readonly dataProducer: mediasoup.DataProducer;
}

export interface DataConsumerEntry {
  readonly dataConsumerId: string;
  readonly transportId: string;
  readonly dataProducerId: string;
  readonly label: DataLabel;
  readonly dataConsumer: mediasoup.DataConsumer;
}

/** At most one router per room and worker, so the worker's id names it. */
export interface RouterEntry {
  readonly workerId: string;
  readonly router: mediasoup.Router;
  readonly levels: mediasoup.AudioLevelObserver;
  /** Reaches JavaScript: beats go out and come in here, never a media packet. */
  readonly direct: mediasoup.DirectTransport;
  /** The server's beat, which every receive transport of this router may consume. */
  readonly beat: mediasoup.DataProducer;
  readonly beatId: string;
}

/** A producer is unique per room and worker: a pipe brings the same id to another worker. */
export function onWorker(workerId: string, id: string): string {
  return `${workerId}/${id}`;
}

/** True when a key of `onWorker` is that of `id`, on whichever worker. Ids have no slash. */
export function isNamed(key: string, id: string): boolean {
  return key.endsWith(`/${id}`);
}
