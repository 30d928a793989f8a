/**
 * The sending half of one video source: ladder, layers, stills and alternative encodings, put on the RTP sender. What
 * to send is decided by the pure machines it owns; this file carries it out.
 */
import type { types } from 'mediasoup-client';
import type { Rung, SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import { Queue } from '../queue.ts';
import type { Demand, RungReason } from '../types-media.ts';
import { Alternatives } from './alternatives.ts';
import type { VideoPlan } from './encodings.ts';
import type { StillGrabber } from './engine.ts';
import { isPicture, UplinkLadder, type UplinkSample } from './ladder.ts';
import { type EncodingChange, encodingChanges, LayerPlanner, underCeiling } from './layers.ts';
import { StillSender } from './still-sender.ts';

export interface VideoSenderDeps {
  readonly clock: Clock;
  readonly grab: StillGrabber;
  readonly producerId: string;
  readonly info: SourceInfo;
  readonly track: () => MediaStreamTrack;
  readonly height: () => number;
  readonly startBitrate: number | undefined;
  /** Gives up lines before frames. */
  readonly keepFrames: boolean;
  readonly sendable: () => readonly types.RtpCodecCapability[];
  readonly rungChanged: (rung: Rung, reason: RungReason) => void;
  readonly closeProducer: (producerId: string) => void;
  readonly failed: (error: unknown) => void;
}

export class VideoSender {
  readonly #deps: VideoSenderDeps;
  readonly #ladder: UplinkLadder;
  readonly #layers: LayerPlanner;
  readonly #stills: StillSender;
  readonly #alternatives: Alternatives;
  readonly #queue = new Queue();
  #transport: types.Transport | undefined;
  #producer: types.Producer | undefined;
  #plan: VideoPlan | undefined;
  #ceiling: number | undefined;

  constructor(deps: VideoSenderDeps) {
    this.#deps = deps;
    const { clock, producerId } = deps;
    this.#ladder = new UplinkLadder(clock, deps.height(), deps.startBitrate);
    this.#layers = new LayerPlanner(clock, this.#ladder.rung, (target) => {
      this.#stills.handleWanted(target.stills);
      this.#apply();
    });
    this.#stills = new StillSender({
      clock,
      grab: deps.grab,
      track: deps.track,
      producerId,
      failed: deps.failed,
    });
    this.#alternatives = new Alternatives({
      clock,
      transport: () => this.#transport,
      track: deps.track,
      height: deps.height,
      info: deps.info,
      mainId: producerId,
      sendable: deps.sendable,
      closed: deps.closeProducer,
      failed: deps.failed,
    });
    this.#ladder.events.on('rung', ({ rung, reason }) => {
      this.#layers.handleRung(rung);
      deps.rungChanged(rung, reason);
    });
  }

  get rung(): Rung {
    return this.#ladder.rung;
  }

  /** The layer sent now, for statistics; undefined when no video is. */
  get layer(): number | undefined {
    return this.#layers.target.layer ?? undefined;
  }

  /** What the sender begins with: a single stream at once as its rung wants it, since a later change costs a key frame. */
  startOf(plan: VideoPlan): VideoPlan {
    const [change] = encodingChanges(plan, this.#layers.target, this.#deps.height(), this.#deps.keepFrames);
    if (plan.mode !== 'single' || !change?.active) return plan;
    const { maxFramerate, ...rest } = change;
    const limit = maxFramerate === undefined ? {} : { maxFramerate };
    return { ...plan, encodings: plan.encodings.map((encoding) => ({ ...encoding, ...rest, ...limit })) };
  }

  /** The main producer exists on this transport. */
  handleProducer(transport: types.Transport, producer: types.Producer, plan: VideoPlan): void {
    this.#transport = transport;
    this.#producer = producer;
    this.#plan = plan;
    this.#ladder.handleRestart();
    this.#stills.handleTransport(transport);
    this.#stills.handleWanted(this.#layers.target.stills);
    this.#alternatives.handleTransport();
    this.#apply();
  }

  handleTransportGone(): void {
    this.#transport = undefined;
    this.#producer = undefined;
    this.#stills.handleTransport(undefined);
  }

  handleDemand(demand: Demand): void {
    this.#layers.handleDemand(demand);
    this.#alternatives.handleWanted(demand.alternatives);
  }

  /** Something else needs the link: at most so many bit/s until it is lifted by undefined. */
  handleCeiling(ceiling: number | undefined): void {
    if (ceiling === this.#ceiling) return;
    this.#ceiling = ceiling;
    // What the estimate lost meanwhile says nothing about the link; it gets the time of a start to find it again.
    if (ceiling === undefined) this.#ladder.handleRestart();
    this.#apply();
  }

  handleSample(sample: UplinkSample): void {
    // A source that is held down cannot show what the link carries.
    if (this.#ceiling !== undefined) return;
    // While nobody wants the picture nothing is sent, and a link that carries nothing cannot be judged.
    const { layer, stills } = this.#layers.target;
    if (isPicture(this.#ladder.rung) && layer === null && !stills) return;
    this.#ladder.handleSample(sample);
  }

  async handleTrack(track: MediaStreamTrack): Promise<void> {
    this.#ladder.handleHeight(this.#deps.height());
    await this.#alternatives.handleTrack(track);
    this.#apply();
  }

  close(): void {
    this.#layers.close();
    this.#stills.close();
    this.#alternatives.close();
    this.#ladder.events.removeAll();
  }

  #apply(): void {
    const producer = this.#producer;
    const plan = this.#plan;
    const sender = producer?.rtpSender;
    if (!producer || !plan || !sender) return;
    this.#queue
      .run(async () => {
        if (producer.closed) return;
        const { height, keepFrames, info } = this.#deps;
        const wanted = encodingChanges(plan, this.#layers.target, height(), keepFrames);
        const changes = underCeiling(wanted, plan, this.#ceiling);
        await setEncodings(sender, changes, preferenceOf(info.contentHint, keepFrames));
      })
      .catch(this.#deps.failed);
  }
}

/** Changes the sender in place; no renegotiation is needed for activity, scale, mode or bitrate. */
async function setEncodings(
  sender: RTCRtpSender,
  changes: readonly EncodingChange[],
  preference: RTCDegradationPreference,
): Promise<void> {
  const parameters = sender.getParameters();
  parameters.encodings = parameters.encodings.map((encoding, index) => {
    const { maxFramerate: _, ...rest } = encoding;
    const { maxFramerate, ...change } = changes[index] ?? { active: encoding.active ?? true };
    return { ...rest, ...change, ...(maxFramerate === undefined ? {} : { maxFramerate }) };
  });
  parameters.degradationPreference = preference;
  await sender.setParameters(parameters);
}

/** A monitor's digits must stay readable; a patient's movement may lose some of both, or lines alone where it is judged. */
function preferenceOf(contentHint: SourceInfo['contentHint'], keepFrames: boolean): RTCDegradationPreference {
  if (keepFrames) return 'maintain-framerate';
  return contentHint === 'detail' || contentHint === 'text' ? 'maintain-resolution' : 'balanced';
}
