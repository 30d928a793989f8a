/** What the page and the worker that compresses pictures say to each other. Every request is answered once, under its number. */
import type { Rect } from './framing.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type ToPictures =
  /** Compresses a frame of the camera, whole and small; the frame is handed over and closed. */
  | {
      readonly kind: 'compress';
      readonly id: number;
      readonly frame: VideoFrame;
      readonly quality: number;
      readonly coarse: Size;
      readonly coarseQuality: number;
    }
  /** Unpacks a kept picture for cutting, under `picture`. */
  | { readonly kind: 'open'; readonly id: number; readonly picture: number; readonly jpeg: Blob }
  | {
      readonly kind: 'cut';
      readonly id: number;
      readonly picture: number;
      readonly rect: Rect;
      readonly quality: number;
    }
  | { readonly kind: 'close'; readonly picture: number };

export type FromPictures =
  | {
      readonly kind: 'compressed';
      readonly id: number;
      readonly whole: Blob;
      readonly coarse: Blob;
      readonly tookMs: number;
    }
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'piece'; readonly id: number; readonly jpeg: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };
