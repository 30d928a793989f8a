/** What the fold over a journal gives, in order. The same journal gives the same outputs, byte by byte. */
import type { ClockPoint, GapCause } from '../../signaling/protocol/manifest.ts';

/** Ending of the names of files. */
export type Format = 'mp4' | 'webm' | 'messages';

export type PackageOutput =
  /** Before the first segment that needs it; a configuration that returns has the id it had. */
  | {
      readonly type: 'init';
      readonly initId: string;
      readonly format: Format;
      readonly mimeType: string;
      readonly width?: number;
      readonly height?: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'segment';
      /** From 1. */
      readonly n: number;
      readonly initId: string;
      readonly format: Format;
      /** Room time of its first frame and of the end of its last, as its container has them, in milliseconds. */
      readonly from: number;
      readonly to: number;
      readonly frames: number;
      readonly keyframes: readonly number[];
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'gap'; readonly from: number; readonly to: number; readonly cause: GapCause }
  | { readonly type: 'clock'; readonly point: ClockPoint }
  /** A keyframe alone behind its init, for a thumbnail. Not counted: it may be let go. */
  | { readonly type: 'picture'; readonly at: number; readonly format: Format; readonly bytes: Uint8Array }
  /** A still that came in messages: stands in the package under the hash of its bytes. */
  | {
      readonly type: 'blob';
      readonly sha256: string;
      readonly mimeType: string;
      readonly bytes: Uint8Array;
    };

/** Longest segment, in milliseconds of room time. */
export const MAX_SEGMENT_MS = 2000;

/** Room time in the manifest: whole microseconds, so that text and container mean the same moment. */
export function roundMs(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}
