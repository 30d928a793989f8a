import { WORDS } from './descriptors.ts';
import { FINE } from './patch.ts';
import { MAX_SIDE, MIN_SIDE } from './pyramid.ts';
import { REFERENCE_BYTES, type Region } from './types.ts';

/**
 * The compact picture of a place, as it travels with a mark. Numbers are big-endian:
 *
 *     0  version (1)          1  features          2  width, 4  height of the frame
 *     6  box of the mark: x, y, width, height, each in 1/65535 of the frame
 *    14  likeness of the best rival, 1/255         15  share of the frame's features that are like no other, 1/255
 *    16  distance of the nearest rival, 1/65535 of the frame's width; 65535 when there is none
 *    18  kept 0 (2 bytes)
 *    20  the patch, 40 × 40 samples of luma
 *  1620  features: x, y in 1/65535 of the frame, scale, kept 0, 256 bits
 */
export interface Reference {
  readonly width: number;
  readonly height: number;
  readonly region: Region;
  /** What else in the frame looks like the patch. */
  readonly rival: Rival;
  /** Share of the features of the whole frame that are like no other of it, 0 to 1: next to 0 where all is repeated texture. */
  readonly distinct: number;
  /** 40 × 40 samples of luma. */
  readonly patch: Uint8Array;
  readonly features: ReferenceFeatures;
}

/** Another place of the same frame that looks like the patch, as repeated texture has. */
export interface Rival {
  /** Correlation of the best one, 0 to 1. */
  readonly likeness: number;
  /** How far the nearest notable one is, in frame widths; 1 when there is none. */
  readonly distance: number;
}

export interface ReferenceFeatures {
  readonly count: number;
  /** Parts of the frame. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly level: Uint8Array;
  readonly words: Uint32Array;
}

const VERSION = 1;
const PATCH_AT = 20;
const FEATURES_AT = PATCH_AT + FINE * FINE;
const FEATURE_BYTES = 6 + 4 * WORDS;
const FULL = 65535;
/** Most features that fit. */
export const MAX_FEATURES = Math.floor((REFERENCE_BYTES - FEATURES_AT) / FEATURE_BYTES);

export function encodeReference(reference: Reference): Uint8Array {
  const { region, features, rival } = reference;
  const count = Math.min(features.count, MAX_FEATURES);
  const bytes = new Uint8Array(FEATURES_AT + count * FEATURE_BYTES);
  const view = new DataView(bytes.buffer);
  const part = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * FULL);
  bytes[0] = VERSION;
  bytes[1] = count;
  view.setUint16(2, reference.width);
  view.setUint16(4, reference.height);
  view.setUint16(6, part(region.x));
  view.setUint16(8, part(region.y));
  view.setUint16(10, part(region.width));
  view.setUint16(12, part(region.height));
  bytes[14] = Math.round(Math.min(1, Math.max(0, rival.likeness)) * 255);
  bytes[15] = Math.round(Math.min(1, Math.max(0, reference.distinct)) * 255);
  view.setUint16(16, part(rival.distance));
  bytes.set(reference.patch, PATCH_AT);
  for (let i = 0; i < count; i += 1) {
    const at = FEATURES_AT + i * FEATURE_BYTES;
    view.setUint16(at, part(features.x[i] ?? 0));
    view.setUint16(at + 2, part(features.y[i] ?? 0));
    bytes[at + 4] = features.level[i] ?? 0;
    for (let word = 0; word < WORDS; word += 1) {
      view.setUint32(at + 6 + 4 * word, features.words[i * WORDS + word] ?? 0);
    }
  }
  return bytes;
}

/** Reads a reference; undefined for anything that is not one, whatever the bytes. Never throws. */
export function decodeReference(bytes: Uint8Array): Reference | undefined {
  const count = bytes[1] ?? 0;
  if (bytes[0] !== VERSION || bytes.length > REFERENCE_BYTES) return undefined;
  if (bytes.length !== FEATURES_AT + count * FEATURE_BYTES) return undefined;
  if (bytes[18] !== 0 || bytes[19] !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = view.getUint16(2);
  const height = view.getUint16(4);
  if (Math.min(width, height) < MIN_SIDE || Math.max(width, height) > MAX_SIDE) return undefined;
  const features = {
    count,
    x: new Float32Array(count),
    y: new Float32Array(count),
    level: new Uint8Array(count),
    words: new Uint32Array(count * WORDS),
  };
  for (let i = 0; i < count; i += 1) {
    const at = FEATURES_AT + i * FEATURE_BYTES;
    features.x[i] = view.getUint16(at) / FULL;
    features.y[i] = view.getUint16(at + 2) / FULL;
    features.level[i] = view.getUint8(at + 4);
    if (view.getUint8(at + 5) !== 0) return undefined;
    for (let word = 0; word < WORDS; word += 1) {
      features.words[i * WORDS + word] = view.getUint32(at + 6 + 4 * word);
    }
  }
  return {
    width,
    height,
    region: {
      x: view.getUint16(6) / FULL,
      y: view.getUint16(8) / FULL,
      width: view.getUint16(10) / FULL,
      height: view.getUint16(12) / FULL,
    },
    rival: { likeness: view.getUint8(14) / 255, distance: view.getUint16(16) / FULL },
    distinct: view.getUint8(15) / 255,
    patch: bytes.slice(PATCH_AT, FEATURES_AT),
    features,
  };
}
