/** Rooms for tests of the plan: made of plain values, without a node. */
import type { MediaKind, RtpCapabilities } from '../../protocol/media.ts';
import type { View } from '../../protocol/methods-media.ts';
import { initialRoomState, type PeerState, type RoomState, type SourceState } from '../../protocol/state.ts';
import { MEDIA_DEFAULTS, type MinimumRung } from '../config.ts';
import { codecOf } from '../decode.ts';
import { layersOf } from '../layers.ts';
import type {
  LinkRung,
  PlanDataProducer,
  PlanInput,
  PlanPeer,
  PlanProducer,
  RecordingDemand,
} from '../plan-types.ts';
import { opus, vp9Svc } from './rtp.ts';

export interface ScenePeer extends Omit<Partial<PeerState>, 'link'> {
  readonly peerId: string;
  readonly worker?: string;
  readonly views?: readonly (Partial<View> & { producerId: string })[] | undefined;
  readonly lastShown?: Readonly<Record<string, number>>;
  readonly rtpCapabilities?: RtpCapabilities;
  /** The viewer's downlink by source; its signaling link is always up here. */
  readonly link?: Readonly<Record<string, LinkRung>>;
  readonly cannot?: readonly string[];
  readonly flowing?: readonly string[];
}

export interface SceneSource extends Partial<Omit<SourceState, 'source'>> {
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: MediaKind;
  readonly source?: Partial<SourceState['source']>;
  readonly rtpParameters?: PlanProducerParameters;
}
type PlanProducerParameters = ReturnType<typeof opus>;

export interface Scene {
  readonly peers: readonly ScenePeer[];
  readonly sources?: readonly SceneSource[];
  readonly data?: readonly PlanDataProducer[];
  readonly recording?: RecordingDemand;
  readonly minimumRung?: MinimumRung;
  readonly spotlight?: string;
  readonly now?: number;
}

/** The plan's input for a scene; everything left out is the simplest. */
export function inputOf(scene: Scene): PlanInput {
  const sources = scene.sources ?? [];
  const workerOf = new Map(scene.peers.map((peer) => [peer.peerId, peer.worker ?? 'n/w1']));
  return {
    roomId: 'room',
    state: stateOf(scene),
    peers: scene.peers.map(planPeer),
    producers: new Map(
      sources.map((source) => [source.producerId, producerOf(source, workerOf.get(source.peerId) ?? 'n/w1')]),
    ),
    dataProducers: scene.data ?? [],
    ...(scene.recording ? { recording: scene.recording } : {}),
    minimumRung: scene.minimumRung ?? MEDIA_DEFAULTS.recording.minimumRung,
    now: scene.now ?? 100_000,
    keepHiddenMs: 15_000,
  };
}

function stateOf({ peers, sources = [], spotlight }: Scene): RoomState {
  return {
    ...initialRoomState(),
    phase: 'open',
    peers: Object.fromEntries(peers.map((peer, index) => [peer.peerId, peerState(peer, index)])),
    sources: Object.fromEntries(sources.map((source) => [source.producerId, sourceState(source)])),
    ...(spotlight ? { spotlight } : {}),
  };
}

function peerState(peer: ScenePeer, index: number): PeerState {
  const { peerId, role = 'crew', unitId, speaksHere = true, muted } = peer;
  return {
    peerId,
    principalId: `person-${peerId}`,
    role,
    organisationId: 'org',
    name: peerId,
    ...(unitId ? { unitId } : {}),
    speaksHere,
    joinedAt: index,
    link: 'up',
    muted: muted ?? { audio: false, video: false },
  };
}

function sourceState({ producerId, peerId, kind, source, ...rest }: SceneSource): SourceState {
  const { rtpParameters: _, ...state } = rest;
  const size = kind === 'video' ? { width: 3840, height: 2160 } : {};
  return {
    producerId,
    peerId,
    kind,
    mimeType: kind === 'audio' ? 'audio/opus' : 'video/VP9',
    paused: false,
    publishedAt: 0,
    ...state,
    source: {
      role: kind === 'audio' ? 'voice' : 'patient',
      label: producerId,
      patientId: 'scene',
      ...size,
      ...source,
    },
  };
}

function producerOf(source: SceneSource, workerKey: string): PlanProducer {
  const rtpParameters = source.rtpParameters ?? (source.kind === 'audio' ? opus() : vp9Svc());
  return {
    producerId: source.producerId,
    workerKey,
    kind: source.kind,
    codec: codecOf(source.kind, rtpParameters),
    layers: layersOf(rtpParameters, sourceState(source).source),
  };
}

function planPeer(peer: ScenePeer): PlanPeer {
  const views = 'views' in peer ? peer.views : [];
  const whole = { width: 3840, height: 2160, visible: true, priority: 5 };
  return {
    peerId: peer.peerId,
    workerKey: peer.worker ?? 'n/w1',
    recvTransportId: `recv-${peer.peerId}`,
    ...(peer.rtpCapabilities ? { rtpCapabilities: peer.rtpCapabilities } : {}),
    ...(views ? { views: new Map(views.map((view) => [view.producerId, { ...whole, ...view }])) } : {}),
    lastShown: new Map(Object.entries(peer.lastShown ?? {})),
    cannot: new Set(peer.cannot),
    link: new Map(Object.entries(peer.link ?? {})),
    flowing: new Set(peer.flowing),
  };
}
