/**
 * Media words shared by server and client: sources, rungs of the ladder, and bounds around the RTP objects of
 * mediasoup. Their inside is checked by mediasoup's own `ortc` validation; here they are bounded and kept to JSON.
 */
import type * as mediasoup from 'mediasoup/types';
import * as z from 'zod/mini';
import { Id, Label, PatientRef } from './values.ts';

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

/** What a source shows or carries. `telephone` is the dispatcher's phone line, `monitor` a patient
 * monitor, `demonstration` a camera of the dispatch room that shows how it is done. */
export const SourceRole = z.enum([
  'patient',
  'overview',
  'monitor',
  'glasses',
  'face',
  'screen',
  'voice',
  'telephone',
  'demonstration',
]);
export type SourceRole = z.infer<typeof SourceRole>;

/** What the publisher says about a source when it produces it. */
export const SourceInfo = z.strictObject({
  role: SourceRole,
  label: Label,
  patientId: PatientRef,
  /** Captured size in pixels; absent for audio. */
  width: z.optional(z.int().check(z.gte(1), z.lte(16384))),
  height: z.optional(z.int().check(z.gte(1), z.lte(16384))),
  contentHint: z.optional(z.enum(['motion', 'detail', 'text', 'speech'])),
  /** Set on an extra encoding made for viewers who cannot decode the named producer. */
  alternativeOf: z.optional(Id),
});
export type SourceInfo = z.infer<typeof SourceInfo>;

/**
 * The ladder of design section 5, best first. `540-slow` is 540 lines at a lowered frame rate; `still` is one
 * picture a second over the data channel, made by the publisher, with audio; `audio` has no picture.
 */
export const RUNGS = ['2160', '1080', '540', '540-slow', 'still', 'audio', 'text'] as const;
export const Rung = z.enum(RUNGS);
export type Rung = z.infer<typeof Rung>;

/** Spatial layer of each picture rung when a source is published with all three. */
export const RUNG_LAYER = { '2160': 2, '1080': 1, '540': 0, '540-slow': 0 } as const;

/** Compares rungs: negative when `a` is better than `b`. */
export function compareRungs(a: Rung, b: Rung): number {
  return RUNGS.indexOf(a) - RUNGS.indexOf(b);
}

/** The rung whose picture is no larger than needed for a tile of this many device pixels in height. */
export function rungForHeight(height: number): Rung {
  if (height > 1200) return '2160';
  return height > 540 ? '1080' : '540';
}

/** JSON that mediasoup validates in depth, kept here to an object whose text stays under 32 KiB. */
function bounded<T>() {
  return z.custom<T>(
    (value) => typeof value === 'object' && value !== null && JSON.stringify(value).length <= 32_768,
    {
      error: 'an object of at most 32 KiB of JSON',
    },
  );
}

export const RtpCapabilities = bounded<mediasoup.RtpCapabilities>();
export type RtpCapabilities = mediasoup.RtpCapabilities;
export const RtpParameters = bounded<mediasoup.RtpParameters>();
export type RtpParameters = mediasoup.RtpParameters;
export const DtlsParameters = bounded<mediasoup.DtlsParameters>();
export type DtlsParameters = mediasoup.DtlsParameters;
export const IceParameters = bounded<mediasoup.IceParameters>();
export const IceCandidates = bounded<mediasoup.IceCandidate[]>();
export const SctpParameters = bounded<mediasoup.SctpParameters>();
export const SctpStreamParameters = bounded<mediasoup.SctpStreamParameters>();
export const SrtpParameters = bounded<mediasoup.SrtpParameters>();

/** An entry for `RTCConfiguration.iceServers`. */
export const IceServer = z.strictObject({
  urls: z.array(z.string().check(z.maxLength(300))).check(z.minLength(1), z.maxLength(8)),
  username: z.optional(z.string().check(z.maxLength(300))),
  credential: z.optional(z.string().check(z.maxLength(300))),
});
export type IceServer = z.infer<typeof IceServer>;
