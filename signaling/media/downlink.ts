/**
 * The downlink side of the ladder (design section 5) for one viewer: 2160 → 1080 → 540 → 540-slow → still → audio → text.
 * mediasoup chooses layers itself by priority within its bandwidth estimate; here it is decided when not even the lowest
 * one flows, that the viewer gets stills instead, then sound alone, and when to try pictures again. Quick to go
 * down, slow to climb, slower each time a climb did not hold. It keeps no timers: whoever owns it calls `tick`.
 */
import { compareRungs, type Rung } from '../protocol/media.ts';
import type { NotificationData } from '../protocol/notifications.ts';
import { type LayerMap, rungOfLayer } from './layers.ts';
import type { LinkRung } from './plan-types.ts';

export type ConsumerState = NotificationData<'media.consumerState'>;

/** A consumer of the viewer as the plan wants it and the publisher feeds it. */
export interface LadderConsumer {
  readonly consumerId: string;
  readonly originalId: string;
  readonly sourceId: string;
  readonly kind: 'audio' | 'video';
  /** Not running because it is out of sight, silenced, or not ready at the client; the ladder's own pauses not counted. */
  readonly idle: boolean;
  /** Packets of the source reach the node. */
  readonly flows: boolean;
  /** Layers of the producer; absent for audio. */
  readonly layers?: LayerMap;
  readonly wanted?: Rung;
  /** The wanted rung is the best there is. */
  readonly full: boolean;
  /** The publisher's own rung for the source, when it announced one. */
  readonly uplink?: Rung;
}

/** Milliseconds without any layer before stills take over: a picture older than this must show its age. */
export const DOWN_MS = 1500;
/** Milliseconds that layers must flow before stills are taken away; doubled by each climb that did not hold. */
export const UP_MS = 2000;
const UP_MAX_MS = 30_000;
/** A climb counts as held after this long. */
const HELD_MS = 60_000;
/** Milliseconds that the estimate must stay under what stills need before they are given up too. */
const AUDIO_DOWN_MS = 3000;
/** Milliseconds of a dead audio stream before the viewer counts as having only text. */
const TEXT_DOWN_MS = 5000;
/** Bit/s of one still a second (12 KB) and of speech with its headers. */
export const STILL_BITRATE = 100_000;
export const AUDIO_BITRATE = 40_000;
/** Bit/s under which a stream without layers, which mediasoup sends whatever the estimate says, is stopped. */
const PLAIN_VIDEO_MIN_BITRATE = 150_000;

interface Flow {
  spatialLayer: number | null;
  temporalLayer: number | null;
  score: number;
  /** When the score fell to zero while the publisher's did not. */
  deadSince?: number;
}

interface Step {
  rung: LinkRung;
  starvedSince?: number;
  flowingSince?: number;
  poorSince?: number;
  /** Since when nothing of the source arrives although it is wanted. */
  silentSince?: number;
  retryAt: number;
  holdMs: number;
  climbedAt: number;
  shown?: Rung;
}

export class DownlinkLadder {
  #consumers: readonly LadderConsumer[] = [];
  readonly #flows = new Map<string, Flow>();
  readonly #steps = new Map<string, Step>();
  #available: number | undefined;

  /** Replaces what is known of the viewer's consumers; forgets those that are gone. */
  setConsumers(consumers: readonly LadderConsumer[]): void {
    this.#consumers = consumers;
    const ids = new Set(consumers.map((c) => c.consumerId));
    const sources = new Set(consumers.map((c) => c.sourceId));
    for (const id of this.#flows.keys()) if (!ids.has(id)) this.#flows.delete(id);
    for (const id of this.#steps.keys()) if (!sources.has(id)) this.#steps.delete(id);
  }

  /** Layers that reach the viewer now; null: none. */
  layers(consumerId: string, spatialLayer: number | null, temporalLayer: number | null): void {
    Object.assign(this.#flow(consumerId), { spatialLayer, temporalLayer });
  }

  /**
   * Scores 0 to 10 of the stream towards the viewer and of the layer it is fed from. The latter also reads 0 while no layer is
   * chosen (Consumer::FillBufferScore), so it says nothing of a publisher of layers: `LadderConsumer.flows` does.
   */
  score(consumerId: string, score: number, producerScore: number, now: number): void {
    const flow = this.#flow(consumerId);
    flow.score = score;
    if (score > 0 || producerScore === 0) delete flow.deadSince;
    else flow.deadSince ??= now;
  }

  /** The estimate of what the viewer's link carries, in bit/s. */
  downlink(availableBitrate: number): void {
    this.#available = availableBitrate;
  }

  /** Lets time pass. Returns true when the plan has to be made anew. */
  tick(now: number): boolean {
    let changed = false;
    for (const consumer of this.#consumers) {
      if (consumer.kind !== 'video') continue;
      const step = this.#step(consumer.sourceId);
      const before = step.rung;
      this.#move(consumer, step, now);
      changed ||= step.rung !== before;
    }
    return changed;
  }

  /** Where the viewer's link stands for each source. */
  get link(): ReadonlyMap<string, LinkRung> {
    return new Map([...this.#steps].map(([sourceId, step]) => [sourceId, step.rung]));
  }

  /** What the viewer is told of each consumer. */
  states(now: number): ConsumerState[] {
    return this.#consumers.map((consumer) => {
      const flow = this.#flow(consumer.consumerId);
      const { spatialLayer, temporalLayer, score } = flow;
      const base = { consumerId: consumer.consumerId, producerId: consumer.originalId, score };
      const { rung, reason } =
        consumer.kind === 'audio' ? this.#audio(consumer, flow, now) : this.#video(consumer, flow, now);
      return { ...base, rung, reason, spatialLayer, temporalLayer };
    });
  }

  #move(consumer: LadderConsumer, step: Step, now: number): void {
    const flow = this.#flow(consumer.consumerId);
    const flows = reallyFlows(consumer, flow);
    const hasPicture = flows && consumer.uplink !== 'still' && consumer.uplink !== 'audio';
    if (consumer.idle || !hasPicture) {
      for (const field of ['starvedSince', 'flowingSince', 'poorSince'] as const) delete step[field];
      if (consumer.idle || flows) delete step.silentSince;
      else step.silentSince ??= now;
      return;
    }
    delete step.silentSince;
    this.#measure(consumer, flow, step, now);
    switch (step.rung) {
      case 'picture':
        if (lasted(step.starvedSince, DOWN_MS, now)) this.#descend(step, 'still', now);
        return;
      case 'still':
        if (lasted(step.poorSince, AUDIO_DOWN_MS, now)) this.#descend(step, 'audio', now);
        else if (scales(consumer) ? lasted(step.flowingSince, step.holdMs, now) : now >= step.retryAt) {
          climb(step, 'picture', now);
        }
        return;
      case 'audio':
        if (now >= step.retryAt) climb(step, 'still', now);
    }
  }

  /** Starts and stops the stopwatches that the steps are taken by. */
  #measure(consumer: LadderConsumer, flow: Flow, step: Step, now: number): void {
    const available = this.#available ?? Number.POSITIVE_INFINITY;
    const starved = scales(consumer)
      ? flow.spatialLayer === null
      : flow.deadSince !== undefined || available < PLAIN_VIDEO_MIN_BITRATE;
    if (starved) {
      step.starvedSince ??= now;
      delete step.flowingSince;
    } else {
      step.flowingSince ??= now;
      delete step.starvedSince;
    }
    if (available < STILL_BITRATE + AUDIO_BITRATE) step.poorSince ??= now;
    else delete step.poorSince;
  }

  #descend(step: Step, rung: LinkRung, now: number): void {
    const held = now - step.climbedAt >= HELD_MS;
    step.holdMs = held ? UP_MS : Math.min(step.holdMs * 2, UP_MAX_MS);
    step.rung = rung;
    step.retryAt = now + Math.max(step.holdMs, rung === 'audio' ? 5000 : 0);
    delete step.flowingSince;
    delete step.poorSince;
  }

  #audio({ flows }: LadderConsumer, flow: Flow, now: number): Pick<ConsumerState, 'rung' | 'reason'> {
    if (!flows) return { rung: 'audio', reason: 'source' };
    return lasted(flow.deadSince, TEXT_DOWN_MS, now)
      ? { rung: 'text', reason: 'link' }
      : { rung: 'audio', reason: 'full' };
  }

  #video(consumer: LadderConsumer, flow: Flow, now: number): Pick<ConsumerState, 'rung' | 'reason'> {
    const step = this.#step(consumer.sourceId);
    if (consumer.idle) return { rung: step.shown ?? 'audio', reason: 'paused' };
    if (step.rung === 'still') return { rung: 'still', reason: 'link' };
    if (step.rung === 'audio') return { rung: this.#deaf(now) ? 'text' : 'audio', reason: 'link' };
    if (consumer.uplink === 'still') return { rung: 'still', reason: 'source' };
    if (consumer.uplink === 'audio' || consumer.uplink === 'text' || lasted(step.silentSince, DOWN_MS, now)) {
      return { rung: 'audio', reason: 'source' };
    }
    const rung = receivedRung(consumer, flow) ?? step.shown ?? consumer.wanted ?? '540';
    step.shown = rung;
    // A publisher that was just asked to send needs a moment until it does.
    if (!reallyFlows(consumer, flow)) return { rung, reason: 'source' };
    return { rung, reason: reasonOf(consumer, rung) };
  }

  /** True when no audio stream gets through either. */
  #deaf(now: number): boolean {
    const audio = this.#consumers.filter((c) => c.kind === 'audio');
    return (
      audio.length > 0 && audio.every((c) => lasted(this.#flow(c.consumerId).deadSince, TEXT_DOWN_MS, now))
    );
  }

  #flow(consumerId: string): Flow {
    const known = this.#flows.get(consumerId);
    if (known) return known;
    const fresh: Flow = { spatialLayer: null, temporalLayer: null, score: 10 };
    this.#flows.set(consumerId, fresh);
    return fresh;
  }

  #step(sourceId: string): Step {
    const known = this.#steps.get(sourceId);
    if (known) return known;
    const fresh: Step = {
      rung: 'picture',
      retryAt: 0,
      holdMs: UP_MS / 2,
      climbedAt: Number.NEGATIVE_INFINITY,
    };
    this.#steps.set(sourceId, fresh);
    return fresh;
  }
}

function lasted(since: number | undefined, ms: number, now: number): boolean {
  return since !== undefined && now - since >= ms;
}

/** A layer that reaches the viewer proves its source better than a score that may have been read before it rose. */
function reallyFlows(consumer: LadderConsumer, flow: Flow): boolean {
  return consumer.flows || (scales(consumer) && flow.spatialLayer !== null);
}

function scales(consumer: LadderConsumer): boolean {
  return consumer.layers !== undefined && (consumer.layers.lines.length > 1 || consumer.layers.temporal > 1);
}

function climb(step: Step, rung: LinkRung, now: number): void {
  step.rung = rung;
  step.climbedAt = now;
  delete step.starvedSince;
  delete step.poorSince;
}

/** Streams without layers report none; what they carry is all there is. */
function receivedRung(consumer: LadderConsumer, flow: Flow): Rung | undefined {
  if (!consumer.layers) return undefined;
  if (!scales(consumer)) return rungOfLayer(consumer.layers, consumer.layers.lines.length - 1);
  return flow.spatialLayer === null
    ? undefined
    : rungOfLayer(consumer.layers, flow.spatialLayer, flow.temporalLayer);
}

function reasonOf(consumer: LadderConsumer, rung: Rung): ConsumerState['reason'] {
  if (consumer.wanted !== undefined && compareRungs(rung, consumer.wanted) > 0) {
    return consumer.uplink !== undefined && compareRungs(consumer.uplink, rung) >= 0 ? 'source' : 'link';
  }
  return consumer.full ? 'full' : 'tile';
}
