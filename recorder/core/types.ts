/** What the parts of the recorder meet at. Times of arrival are CLOCK_MONOTONIC of the host in nanoseconds. */

/** One thing a journal holds, in the order of arrival. */
export type JournalFrame =
  | {
      readonly type: 'rtp' | 'rtcp' | 'report' | 'message';
      readonly at: bigint;
      readonly payload: Uint8Array;
    }
  | { readonly type: 'clock'; readonly at: bigint; readonly offsetMs: number; readonly errorMs: number }
  | { readonly type: 'note'; readonly at: bigint; readonly note: TrackNote };

/** What happened to a track beside packets. Kept as JSON, parsed again when read. */
export type TrackNote =
  /** Begins a stretch: the parameters of every encoding. The first frame of every journal file. */
  | { readonly kind: 'parameters'; readonly rtpParameters: unknown; readonly epoch: number }
  | {
      readonly kind: 'paused' | 'resumed' | 'muted' | 'unmuted' | 'link-lost' | 'link-back' | 'rung';
      readonly detail?: string;
    }
  /** Packets the kernel dropped on the socket since the last such note, of all tracks of the tap. */
  | { readonly kind: 'kernel-drop'; readonly packets: number }
  /** The recorder was started again and goes on here. */
  | { readonly kind: 'recorder-back' }
  /** Given up for space at this level of the disk; with `ok` everything of the track is stored again from here. */
  | { readonly kind: 'shed'; readonly level: string }
  /** Packets the recorder itself had to let go since the last such note, because the disk did not keep up. */
  | { readonly kind: 'dropped'; readonly packets: number }
  | { readonly kind: 'stopped'; readonly reason: string };

/** Where a reader of a journal stands, so that it can go on there later. */
export interface JournalPosition {
  readonly file: string;
  /** Bytes of whole blocks of that file that were read. */
  readonly offset: number;
}

/** A picture or a packet of sound as the container takes it. */
export interface EncodedFrame {
  /** Unwrapped RTP timestamp within its stretch, in ticks of the clock rate. */
  readonly rtp: bigint;
  /** Grows where SSRC or timestamps start anew. */
  readonly stretch: number;
  /** Arrival of its last packet. */
  readonly at: bigint;
  readonly keyframe: boolean;
  /** VP8, VP9 (a superframe where there are layers), AV1 (low-overhead OBUs), H.264 (4-byte lengths), Opus: as in MP4 and WebM. */
  readonly data: Uint8Array;
  /** Set on the first frame and wherever it changes. */
  readonly config?: CodecConfig;
  /** Packets before it never came: pictures up to the next keyframe may be broken. */
  readonly lostBefore: boolean;
}

export interface CodecConfig {
  readonly codec: 'vp8' | 'vp9' | 'av1' | 'h264' | 'opus';
  /** RFC 6381, such as `avc1.640033`, `vp09.00.51.08`, `av01.0.08M.08`, `vp8`, `opus`. */
  readonly codecString: string;
  readonly width?: number;
  readonly height?: number;
  readonly channels?: number;
  /** avcC, vpcC, av1C or dOps as their specifications say; absent for VP8. */
  readonly description?: Uint8Array;
}
