/**
 * Real WebRTC for bots: libwebrtc (through `@roamhq/wrtc`) under the SDK's own media, with mediasoup-client's handler for Chromium.
 * That handler takes its classes from the global scope, so this belongs into a process of bots alone (`process.ts`, or a test).
 * This build of libwebrtc has VP8, VP9 and AV1 but no H.264, and leaves SVC modes out: bots publish one VP8 stream.
 */
import wrtc from '@roamhq/wrtc';
import { Device } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import { z } from 'zod';
import type { RemoteSource, RoomSession } from '../../clients/core/types.ts';
import type { SourceInfo } from '../../signaling/protocol/media.ts';
import type { BotMedia, BotSight } from './bot.ts';
import type { PublishPlan, SightCounts } from './orders.ts';
import { type Playing, playPicture, playTone } from './pictures.ts';

const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = wrtc.nonstandard;
/** Bits of a pixel in a made picture, at most; real cameras need more. */
const BITS_PER_PIXEL = 0.6;
const LEAST_BITRATE = 500_000;
const Shown = z.object({ frame: z.object({ height: z.int() }) });

/** Puts libwebrtc's classes into the global scope, once, and answers what a bot needs of them. */
export function webrtc(): BotMedia {
  globalThis.RTCPeerConnection = wrtc.RTCPeerConnection;
  globalThis.MediaStream = wrtc.MediaStream;
  return {
    createDevice: async () => new Device({ handlerFactory: Chrome111.createFactory({}) }),
    // There is no JPEG encoder here: the rung of stills stays without a picture.
    grab: async () => undefined,
    attach: (session) => new Sight(session),
  };
}

interface Watched {
  readonly kind: 'audio' | 'video';
  track: MediaStreamTrack | undefined;
  stop: () => void;
  frames: number;
  lastAt: number | undefined;
  longestGapMs: number;
}

class Sight implements BotSight {
  readonly #session: RoomSession;
  readonly #began = performance.now();
  readonly #watched = new Map<string, Watched>();
  readonly #playing: Playing[] = [];
  #size = { width: 320, height: 180 };
  #firstFrameMs: number | undefined;
  #height = 0;
  #sentFrames = () => 0;

  constructor(session: RoomSession) {
    this.#session = session;
    session.on('remoteSources', () => this.#look());
  }

  async publish({ video, audio }: PublishPlan): Promise<string[]> {
    const about = { patientId: 'scene' } as const;
    const ids: string[] = [];
    if (audio) {
      const source = new RTCAudioSource();
      const info: SourceInfo = { ...about, role: 'voice', label: 'Bot voice', contentHint: 'speech' };
      const local = await this.#session.publish(source.createTrack(), info);
      this.#playing.push(playTone(source));
      ids.push(local.producerId);
    }
    if (video) {
      const { width, height } = video;
      const source = new RTCVideoSource();
      const info: SourceInfo = { ...about, role: 'patient', label: 'Bot camera', width, height };
      const local = await this.#session.publish(source.createTrack(), info, {
        codec: 'video/VP8',
        single: true,
        maxBitrate: Math.max(LEAST_BITRATE, Math.round(width * height * video.fps * BITS_PER_PIXEL)),
      });
      const playing = playPicture(source, video);
      this.#sentFrames = () => playing.frames;
      this.#playing.push(playing);
      ids.unshift(local.producerId);
    }
    return ids;
  }

  view(width: number, height: number): void {
    this.#size = { width, height };
    this.#look();
  }

  counts(): SightCounts {
    const all = [...this.#watched.values()];
    const videos = all.filter(({ kind }) => kind === 'video');
    const now = performance.now();
    const sum = (these: readonly Watched[]) => these.reduce((total, { frames }) => total + frames, 0);
    const gaps = videos.map(({ longestGapMs, lastAt }) => Math.max(longestGapMs, now - (lastAt ?? now)));
    return {
      frames: sum(videos),
      pictures: videos.filter(({ frames }) => frames > 0).length,
      sounds: sum(all.filter(({ kind }) => kind === 'audio')),
      firstFrameMs: this.#firstFrameMs,
      longestGapMs: Math.round(Math.max(0, ...gaps)),
      height: this.#height,
      sentFrames: this.#sentFrames(),
    };
  }

  close(): void {
    for (const playing of this.#playing.splice(0)) playing.stop();
    for (const watched of this.#watched.values()) watched.stop();
  }

  #look(): void {
    const { width, height } = this.#size;
    for (const source of this.#session.remoteSources) {
      if (!this.#watched.has(source.producerId)) this.#watch(source);
    }
    const pictures = this.#session.remoteSources.filter(({ kind }) => kind === 'video');
    const visible = width > 0 && height > 0;
    this.#session.setViews(
      pictures.map(({ producerId }) => ({ producerId, width, height, visible, priority: 5 })),
    );
  }

  #watch(source: RemoteSource): void {
    const watched: Watched = {
      kind: source.kind,
      track: undefined,
      stop: () => undefined,
      frames: 0,
      lastAt: undefined,
      longestGapMs: 0,
    };
    this.#watched.set(source.producerId, watched);
    const follow = () => {
      if (source.track === watched.track) return;
      watched.stop();
      watched.track = source.track;
      watched.stop = source.track ? this.#sink(source.track, watched) : () => undefined;
    };
    follow();
    source.on('track', follow);
    source.on('closed', () => {
      watched.stop();
      this.#watched.delete(source.producerId);
    });
  }

  /** Libwebrtc decodes for a sink, each frame as it would be painted. */
  #sink(track: MediaStreamTrack, watched: Watched): () => void {
    const take = () => {
      const now = performance.now();
      watched.frames += 1;
      if (watched.lastAt !== undefined)
        watched.longestGapMs = Math.max(watched.longestGapMs, now - watched.lastAt);
      watched.lastAt = now;
      if (watched.kind === 'video') this.#firstFrameMs ??= now - this.#began;
    };
    if (watched.kind === 'video') {
      const sink = new RTCVideoSink(track);
      sink.onframe = (event: unknown) => {
        const shown = Shown.safeParse(event);
        if (shown.success) this.#height = shown.data.frame.height;
        take();
      };
      return () => sink.stop();
    }
    const sink = new RTCAudioSink(track);
    sink.ondata = take;
    return () => sink.stop();
  }
}
