/** What one room asks of the system: packets, bits and processor time, from its cameras and who watches. */
import type { UnitCosts } from '../cost/costs.ts';
import type { Assumed } from './assumptions.ts';

/** Bytes of a video packet as Chromium makes them, which the costs were measured with too. */
const PACKET_BYTES = 1150;
const SOUND = { packetsPerSecond: 50, mbit: 0.04 } as const;
/** Takes of one fact each, such as joining, leaving, a camera that begins. */
const FACTS_PER_PEER = 6;

export interface RoomDemand {
  /** Mbit/s from the scene, to the scene, to one viewer in a hospital, to the dispatcher. */
  readonly sceneUp: number;
  readonly sceneDown: number;
  readonly viewerUp: number;
  readonly viewerDown: number;
  readonly dispatcherDown: number;
  /** Mbit/s and packets a second into and out of the media node, the recorder's share not among them. */
  readonly inMbit: number;
  readonly outMbit: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly consumers: number;
  readonly peers: number;
  readonly tracks: number;
  readonly recordedMbit: number;
  /** Cores of a media worker, of a recorder and of signaling. */
  readonly worker: number;
  readonly recorder: number;
  readonly signaling: number;
  readonly factsPerMinute: number;
  /** Facts of people coming and going. */
  readonly factsOnce: number;
}

interface Flows {
  readonly sceneUp: number;
  readonly sceneDown: number;
  readonly viewerUp: number;
  readonly viewerDown: number;
  readonly dispatcherDown: number;
  readonly video: { readonly inMbit: number; readonly outMbit: number; readonly sources: number };
  readonly peers: number;
  readonly speakers: number;
  readonly hospitalPeers: number;
}

const packetsOf = (mbit: number) => (mbit * 1e6) / 8 / PACKET_BYTES;

/** A room of an ambulance: its cameras, the dispatcher, viewers and specialists in hospitals; everyone speaks. */
export function ambulanceRoom(a: Assumed, unit: UnitCosts): RoomDemand {
  const hdCameras = a.hdCameras + a.glassesShare;
  const cameras = a.uhdCameras + hdCameras;
  const sceneVideo = a.uhdCameras * a.uhdMbit + hdCameras * a.hdMbit;
  const hospitalPeers = a.viewers + a.specialists;
  const peers = hospitalPeers + 2;
  // One camera is shown large: a 4K one where there is one. The dispatcher's is at most 1080p.
  const large = a.uhdCameras > 0 ? a.uhdMbit : a.hdMbit;
  const others = Math.max(0, cameras - 1) * a.smallMbit;
  const viewerVideo = cameras === 0 ? 0 : large + others;
  const dispatcherVideo = cameras === 0 ? 0 : Math.min(large, a.hdMbit) + others;
  const back = a.specialists * a.backMbit;
  const voices = (peers - 1) * SOUND.mbit;
  return demandOf(a, unit, {
    sceneUp: sceneVideo + SOUND.mbit,
    sceneDown: back + voices,
    viewerUp: (hospitalPeers === 0 ? 0 : back / hospitalPeers) + SOUND.mbit,
    viewerDown: viewerVideo + voices,
    dispatcherDown: dispatcherVideo + voices,
    video: {
      inMbit: sceneVideo + back,
      outMbit: hospitalPeers * viewerVideo + dispatcherVideo + back,
      sources: cameras + a.specialists,
    },
    ...{ peers, hospitalPeers, speakers: peers },
  });
}

/** A bystander's room: one camera without sound, seen by the dispatcher and the crew on its way. */
export function bystanderRoom(a: Assumed, unit: UnitCosts): RoomDemand {
  return demandOf(a, unit, {
    ...{ sceneUp: a.bystanderMbit, sceneDown: 0, viewerUp: 0, viewerDown: a.bystanderMbit },
    dispatcherDown: a.bystanderMbit,
    video: { inMbit: a.bystanderMbit, outMbit: 2 * a.bystanderMbit, sources: 1 },
    ...{ peers: 3, hospitalPeers: 0, speakers: 0 },
  });
}

function demandOf(a: Assumed, unit: UnitCosts, flows: Flows): RoomDemand {
  const { video, peers, speakers, hospitalPeers, ...shown } = flows;
  const soundOut = speakers * Math.max(0, speakers - 1);
  const inPackets = packetsOf(video.inMbit) + speakers * SOUND.packetsPerSecond;
  const outPackets = packetsOf(video.outMbit) + soundOut * SOUND.packetsPerSecond;
  const recordedMbit = (video.inMbit + speakers * SOUND.mbit) * a.recorded;
  // The recorder is one more receiver of everything, over loopback.
  const sent = outPackets + inPackets * a.recorded;
  const factsOnce = peers * FACTS_PER_PEER;
  return {
    ...shown,
    inMbit: video.inMbit + speakers * SOUND.mbit,
    outMbit: video.outMbit + soundOut * SOUND.mbit,
    ...{ inPackets, outPackets, peers, recordedMbit, factsOnce, factsPerMinute: a.factsPerMinute },
    consumers: video.sources * (hospitalPeers + 1) + soundOut,
    tracks: (video.sources + speakers) * a.recorded,
    worker: ((inPackets * unit.packetInMicros + sent * unit.packetOutMicros) * a.webrtc) / 1e6,
    recorder: recordedMbit * unit.recorderCorePerMbit,
    signaling: (a.factsPerMinute * unit.markMs) / 60_000 + (peers * unit.joinMs) / 60_000 / a.minutes,
  };
}
