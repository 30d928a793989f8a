/**
 * Public interface of the core SDK, media half: local sources, remote sources, capture, statistics. Everything here
 * is an interface or a plain type; `types.ts` re-exports it, so that pages import from one file.
 */

import type { MediaKind, Rung, SourceInfo } from '../../signaling/protocol/media.ts';
import type { NotificationData } from '../../signaling/protocol/notifications.ts';
import type { Readable } from './emitter.ts';

/** Why the uplink or downlink stands on its rung. Pages translate the code. */
export type RungReason = 'start' | 'link' | 'cpu' | 'recovered' | 'asked';
export type DownlinkReason = NotificationData<'media.consumerState'>['reason'];
/** What the room needs of one of this peer's producers now; `rung: null` is nobody. */
export type Demand = NotificationData<'media.demand'>;

export interface PublishOptions {
  /** Highest total bitrate of the picture in bit/s. Default: by captured height, 20 Mbit/s at 2160 lines. */
  readonly maxBitrate?: number;
  /** What the pre-check measured the uplink to carry, in bit/s: the encoder starts there instead of at 300 kbit/s. */
  readonly startBitrate?: number;
  /** Codec wish; the default order is VP9, H.264, VP8, and AV1 first where the server switched it on. */
  readonly codec?: 'video/VP9' | 'video/H264' | 'video/VP8' | 'video/AV1';
  /** One stream without spatial layers, as suits a phone. Default: layers where the codec has them. */
  readonly single?: boolean;
  /** On a weak link gives up lines before frames, because movement is what is judged. Default: some of both. */
  readonly keepFrames?: boolean;
  /** Keep a producer id from before; absent: one is made and kept over every reconnect of this page. */
  readonly producerId?: string;
  /** Produces nothing until `resume()`. */
  readonly paused?: boolean;
}

export interface LocalSourceEvents {
  /** Rung, demand, pause state or producer state changed; read the properties. */
  change: undefined;
  rung: { readonly rung: Rung; readonly reason: RungReason };
  /** The camera or microphone went away (unplugged, taken by a phone call, permission withdrawn). */
  trackEnded: undefined;
  closed: { readonly reason: string };
}

/** One published camera or microphone. The object and its `producerId` outlive every reconnect. */
export interface LocalSource extends Readable<LocalSourceEvents> {
  readonly producerId: string;
  readonly kind: MediaKind;
  /** As published; a later `source.change` is seen in `session.state.sources[producerId].source`. */
  readonly info: SourceInfo;
  /** The captured track now sent; also what a self view shows. */
  readonly track: MediaStreamTrack;
  /** Uplink rung; undefined for audio. */
  readonly rung: Rung | undefined;
  readonly rungReason: RungReason;
  /** What the room needs of it; undefined until the server has said so. */
  readonly demand: Demand | undefined;
  /** Paused by this person (`pause()`), not because nobody watches. */
  readonly paused: boolean;
  /** 'starting' before the first produce and while media is rebuilt. */
  readonly status: 'starting' | 'live' | 'closed';
  /** Codec in use, such as `video/VP9`; undefined while starting. */
  readonly mimeType: string | undefined;
  /** Newest uplink sample; undefined before the first second. */
  readonly stats: SourceSample | undefined;
  /** Sends another track (camera switched) under the same producer. The old track is stopped. */
  replaceTrack(track: MediaStreamTrack): Promise<void>;
  /** For some seconds in which something else needs the link: sends at most so many bit/s of picture; undefined lifts it. */
  holdDown(bitrate: number | undefined): void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the source and stops its track. Idempotent. */
  close(reason?: string): Promise<void>;
}

/** One picture of the `still` rung. */
export interface StillImage {
  readonly blob: Blob;
  /** Milliseconds between its capture and its arrival here, as far as clocks tell. */
  readonly ageAtArrivalMs: number;
  /** `performance.now()` at arrival. */
  readonly arrivedAt: number;
  readonly width: number;
  readonly height: number;
}

/**
 * `live`: younger than 1.5 s. `aging`: older, show the age. `not-live`: older than 3 s, grey it and say so.
 * `waiting`: no frame yet. `still`: pictures once a second. `none`: the source has no picture (audio rung, paused).
 */
export type Freshness = 'waiting' | 'live' | 'aging' | 'not-live' | 'still' | 'none';

export interface RemoteSourceEvents {
  /** Track, rung, freshness, still or metadata changed; read the properties. */
  change: undefined;
  /** The track was swapped (rebuild or codec change); attached elements have been given it already. */
  track: { readonly track: MediaStreamTrack | undefined };
  still: StillImage;
  firstFrame: { readonly ms: number };
  closed: { readonly reason: string };
}

/** One source of another peer. The object outlives reconnects and rebuilt media, so a tile may hold on to it. */
export interface RemoteSource extends Readable<RemoteSourceEvents> {
  /** The producer as the room's facts name it (never the id of an alternative encoding). */
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: MediaKind;
  /** Newest description: label, role, patient. */
  readonly info: SourceInfo;
  /** Undefined until received, and while nothing is sent. */
  readonly track: MediaStreamTrack | undefined;
  /** The rung seen here: the worse of the publisher's uplink and this downlink. */
  readonly rung: Rung | undefined;
  readonly reason: DownlinkReason | RungReason | undefined;
  readonly paused: boolean;
  readonly freshness: Freshness;
  /** Age of the newest picture in milliseconds; undefined before the first. For `still`, age of the still. */
  readonly frameAgeMs: number | undefined;
  /** `performance.now()` of the last presented frame; undefined before the first. */
  readonly lastFrameAt: number | undefined;
  readonly still: StillImage | undefined;
  readonly stats: SourceSample | undefined;
  /**
   * Shows the source in an element and watches its frames with `requestVideoFrameCallback`. Starts playback muted for
   * video. Several elements may be attached (tile and large picture). Returns the function that detaches.
   */
  attach(element: HTMLMediaElement): () => void;
}

/** How large a source is shown now; sizes in CSS pixels times `devicePixelRatio` times zoom. */
export interface ViewRequest {
  readonly producerId: string;
  readonly width: number;
  readonly height: number;
  readonly visible: boolean;
  /** 1 (background) to 10 (the picture the person works with). Default 5. */
  readonly priority?: number;
}

/** One second of one source, either direction. Absent values were not known. */
export interface SourceSample {
  /** UTC milliseconds. */
  readonly at: number;
  readonly producerId: string;
  readonly direction: 'up' | 'down';
  readonly kind: MediaKind;
  readonly bitrate: number;
  readonly lossFraction?: number;
  readonly rttMs?: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** Spatial layer received, or the highest active one sent. */
  readonly layer?: number;
  readonly codec?: string;
  readonly jitterBufferMs?: number;
  readonly freezes?: number;
  readonly framesDropped?: number;
  readonly limitation?: 'none' | 'cpu' | 'bandwidth' | 'other';
  /** Linear 0 to 1, for audio. */
  readonly audioLevel?: number;
}

/** One second of the whole link. */
export interface LinkSample {
  readonly at: number;
  readonly upBitrate: number;
  readonly downBitrate: number;
  readonly availableUp?: number;
  readonly rttMs?: number;
  readonly upLoss?: number;
  readonly downLoss?: number;
  /** `udp`, `tcp` or `relay` of the selected pair. */
  readonly path?: 'udp' | 'tcp' | 'relay';
}

/** Samples of the last 120 s, oldest first, for graphs. */
export interface SessionStats {
  readonly link: readonly LinkSample[];
  /** By producer id. */
  readonly sources: ReadonlyMap<string, readonly SourceSample[]>;
}

/** Why a camera or microphone could not be opened. Pages translate the code. */
export type CaptureErrorCode =
  | 'permission-denied'
  | 'no-device'
  | 'device-busy'
  | 'constraints-failed'
  | 'insecure-context'
  | 'not-supported'
  | 'aborted';

export interface CameraOptions {
  readonly deviceId?: string;
  /** `environment` is the rear camera of a phone. Ignored when `deviceId` is given. */
  readonly facing?: 'environment' | 'user';
  /** Wanted lines; falls back 2160 → 1080 → 720 → whatever there is. Default 2160. */
  readonly height?: 2160 | 1080 | 720 | 540;
  readonly frameRate?: number;
  /** `motion` for a patient, `detail` for a monitor, `text` for a screen. Default `motion`. */
  readonly contentHint?: 'motion' | 'detail' | 'text';
}

export interface MicrophoneOptions {
  readonly deviceId?: string;
  /** Off only where the unit's one loudspeaker is elsewhere. Default true. */
  readonly echoCancellation?: boolean;
  /** On only far from any patient: it cuts breathing and faint voices as noise. Default false. */
  readonly noiseSuppression?: boolean;
  readonly autoGainControl?: boolean;
}

export interface CaptureDevice {
  readonly deviceId: string;
  readonly kind: 'camera' | 'microphone' | 'loudspeaker';
  /** Empty before a permission was given. */
  readonly label: string;
  readonly facing?: 'environment' | 'user';
  /** Most lines the device offers, where the browser tells. */
  readonly maxHeight?: number;
}

/** A captured track with what it truly delivers. */
export interface Captured {
  readonly track: MediaStreamTrack;
  readonly deviceId: string;
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
  readonly frameRate?: number;
}
