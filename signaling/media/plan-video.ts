/** The part of the plan that follows the eyes: which pictures a viewer receives, how large, and what it lacks. */
import type { Rung } from '../protocol/media.ts';
import type { View } from '../protocol/methods-media.ts';
import type { PeerState, SourceState } from '../protocol/state.ts';
import { type AlternativeCodec, alternativesFor, canDecode } from './decode.ts';
import { consumerIdOf } from './ids.ts';
import { layerFor, rungForTile, rungOfLayer } from './layers.ts';
import { isSilenced } from './plan-audio.ts';
import type { DesiredConsumer, PlanInput, PlanPeer, PlanProducer } from './plan-types.ts';
import { mayReceive } from './visibility.ts';

/** What one viewer needs of one source beside a consumer. */
export interface VideoNeed {
  readonly sourceId: string;
  readonly consumer?: DesiredConsumer;
  /** The picture is shown, but this link or the publisher's own carries only stills. */
  readonly stills: boolean;
  /** Codecs that would help; empty when the viewer is served. */
  readonly alternatives: readonly AlternativeCodec[];
}

/** Priority steps of a view (1 to 10) on mediasoup's scale, and what the spotlight adds; audio stays above. */
const PRIORITY_STEP = 18;
const SPOTLIGHT_BONUS = 60;

/** Encodings of a source: itself first, then the extra ones its publisher made for others. */
function encodingsOf(input: PlanInput, source: SourceState): PlanProducer[] {
  const ids = [source.producerId];
  for (const other of Object.values(input.state.sources)) {
    if (other.source.alternativeOf === source.producerId && other.peerId === source.peerId) {
      ids.push(other.producerId);
    }
  }
  return ids.flatMap((id) => input.producers.get(id) ?? []);
}

function decodes(peer: PlanPeer, producer: PlanProducer): boolean {
  if (peer.cannot.has(producer.producerId)) return false;
  return peer.rtpCapabilities === undefined || canDecode(producer.codec, peer.rtpCapabilities);
}

/** A tile may name the source or the encoding it happens to receive; both mean the source. */
function viewOf(peer: PlanPeer, encodings: readonly PlanProducer[]): View | undefined {
  for (const { producerId } of encodings) {
    const view = peer.views?.get(producerId);
    if (view) return view;
  }
  return undefined;
}

/** Video is sent only while it is seen, and kept ready for a while after that. */
export function planVideo(input: PlanInput, peer: PlanPeer, viewer: PeerState): VideoNeed[] {
  if (peer.recvTransportId === undefined) return [];
  const needs: VideoNeed[] = [];
  for (const source of Object.values(input.state.sources)) {
    const owner = input.state.peers[source.peerId];
    if (source.kind !== 'video' || source.source.alternativeOf !== undefined || !owner) continue;
    if (!mayReceive(viewer, owner, source, input.state)) continue;
    const need = needOf(input, peer, source, peer.recvTransportId);
    if (need) needs.push(need);
  }
  return needs;
}

function needOf(
  input: PlanInput,
  peer: PlanPeer,
  source: SourceState,
  transportId: string,
): VideoNeed | undefined {
  const sourceId = source.producerId;
  const encodings = encodingsOf(input, source);
  const view = viewOf(peer, encodings);
  const goesOn = peer.views === undefined && encodings.some((e) => peer.flowing.has(e.producerId));
  const seen = view?.visible === true || goesOn;
  const last = peer.lastShown.get(sourceId);
  if (!seen && (last === undefined || input.now - last >= input.keepHiddenMs)) return undefined;
  const link = peer.link.get(sourceId) ?? 'picture';
  const stills = seen && !isSilenced(input.state, source) && (link === 'still' || source.rung === 'still');
  const chosen =
    encodings.find((e) => goesOn && peer.flowing.has(e.producerId)) ??
    encodings.find((e) => decodes(peer, e));
  if (!chosen) return { sourceId, stills, alternatives: seen ? helpFor(peer, encodings[0]) : [] };
  const starved = link === 'audio' || (link === 'still' && !scales(chosen));
  const idle = !seen || isSilenced(input.state, source);
  const layers = view && layersFor(source, chosen, view);
  const rung = layers ? rungOfLayer(chosen.layers, layers.spatialLayer) : bestRung(chosen);
  const consumer: DesiredConsumer = {
    consumerId: consumerIdOf(transportId, chosen.producerId),
    peerId: peer.peerId,
    transportId,
    workerKey: peer.workerKey,
    producerId: chosen.producerId,
    originalId: chosen.producerId,
    sourceId,
    kind: 'video',
    paused: idle || starved,
    idle,
    ...(layers ? { layers } : {}),
    priority: priorityOf(view, input.state.spotlight === sourceId),
    rung,
    full: rung === bestRung(chosen),
  };
  return { sourceId, consumer, stills, alternatives: [] };
}

function helpFor(peer: PlanPeer, main: PlanProducer | undefined): readonly AlternativeCodec[] {
  if (!main || !peer.rtpCapabilities) return [];
  return alternativesFor(main.codec, peer.rtpCapabilities).slice(0, 1);
}

/** A stream without layers is never thinned by mediasoup: it must stop, or it drowns the voice with it. */
function scales(producer: PlanProducer): boolean {
  return producer.layers.lines.length > 1 || producer.layers.temporal > 1;
}

function bestRung(producer: PlanProducer): Rung {
  return rungOfLayer(producer.layers, producer.layers.lines.length - 1);
}

function layersFor(source: SourceState, producer: PlanProducer, view: View) {
  return layerFor(producer.layers, rungForTile(view, source.source));
}

function priorityOf(view: View | undefined, spotlight: boolean): number {
  return Math.min(1 + (view?.priority ?? 5) * PRIORITY_STEP + (spotlight ? SPOTLIGHT_BONUS : 0), 250);
}
