/**
 * What `TrackFrames` takes and gives. Everything follows from the journal alone: the same frames of a journal in the
 * same order give the same events, byte by byte, in every run.
 */
import type { GapCause } from '../../signaling/protocol/manifest.ts';
import type { EncodedFrame, TrackNote } from '../core/types.ts';
import type { PeerClock } from '../rtp/peer-clock.ts';
import type { RoomTime, StretchCause } from '../rtp/types.ts';

export interface TrackFramesOptions {
  readonly kind: 'audio' | 'video';
  /**
   * The clock that all tracks of one peer share. Journals of one peer must be read side by side, in the order of `at`
   * (merge them up to the same moment); then a rebuild sees what the first run saw.
   */
  readonly peer: PeerClock;
}

export type TrackEvent =
  /**
   * One picture or packet of sound. Take `time.ms` of every frame as its container time: it grows strictly within a track
   * (but for `replaced`), and its distances are those of the RTP timestamps, but for corrections of at most 1 ms in 2 s.
   * Pictures before the first keyframe are not given; incomplete pictures never. After a loss every picture up to the next
   * keyframe is given with `lostBefore`; of sound the first packet after it.
   */
  | { readonly type: 'frame'; readonly frame: EncodedFrame; readonly time: RoomTime }
  /** Comes right before the first frame of each stretch, with that frame's time. */
  | {
      readonly type: 'stretch';
      readonly stretch: number;
      readonly cause: StretchCause;
      readonly rtp: bigint;
      readonly at: bigint;
      readonly time: RoomTime;
    }
  /**
   * Comes before a keyframe of another encoding that shows a moment given already: frames from `from` on are replaced by what
   * follows, as far as they have not left.
   */
  | { readonly type: 'replaced'; readonly from: number }
  /** Time without media, from the end of the frame before to the frame after, in room milliseconds. Comes before that frame. */
  | { readonly type: 'gap'; readonly from: number; readonly to: number; readonly cause: GapCause }
  /** Packets that never came; `from` and `to` are the room times of arrival around them. */
  | { readonly type: 'loss'; readonly from: number; readonly to: number; readonly packets: number }
  /** A decoder behind this needs a keyframe of that encoding; whoever can ask for one does. */
  | {
      readonly type: 'keyframe-wanted';
      readonly ssrc: number;
      readonly at: bigint;
      readonly why: 'start' | 'loss' | 'layer';
    }
  /** A note of the journal, at its place between the frames as they arrived. `ms` is absent before the first clock frame. */
  | { readonly type: 'note'; readonly at: bigint; readonly ms?: number; readonly note: TrackNote };
