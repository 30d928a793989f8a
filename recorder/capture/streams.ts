/** Which packet belongs to which track: by SSRC for RTP and RTCP, by id for the feed. */
import { parseRtp } from '../rtp/packet.ts';
import { hasKeyframes, KeyframeNeeds } from './keyframe-needs.ts';
import { looksLikeKeyframe } from './keyframe-start.ts';
import type { CaptureTrack } from './track.ts';

/** One encoding of a track on a tap. */
export interface Stream {
  readonly ssrc: number;
  readonly track: CaptureTrack;
  readonly isLargest: boolean;
  /** Codec of each payload type. */
  readonly mimeTypes: ReadonlyMap<number, string>;
  /** Absent for sound. */
  readonly keyframes: KeyframeNeeds | undefined;
}

/** The encodings of a track as its parameters have them now. */
export function streamsOf(track: CaptureTrack): Stream[] {
  const parameters = track.info.media?.rtpParameters;
  const mimeTypes = new Map(parameters?.codecs.map(({ payloadType, mimeType }) => [payloadType, mimeType]));
  const asksForKeyframes = [...mimeTypes.values()].some(hasKeyframes);
  return (parameters?.encodings ?? []).flatMap(({ ssrc }): Stream[] => {
    if (ssrc === undefined) return [];
    const keyframes = asksForKeyframes ? new KeyframeNeeds() : undefined;
    return [{ ssrc, track, isLargest: ssrc === track.largestSsrc, mimeTypes, keyframes }];
  });
}

/** Tells the scheduler of keyframes about a packet of video. */
export function followKeyframes({ keyframes, mimeTypes }: Stream, bytes: Uint8Array, nowMs: number): void {
  const packet = keyframes === undefined ? undefined : parseRtp(bytes);
  if (packet === undefined) return;
  const mimeType = mimeTypes.get(packet.payloadType);
  const isKey = mimeType !== undefined && looksLikeKeyframe(mimeType, packet.payload);
  keyframes?.packet(packet.sequence, isKey, nowMs);
}

/** RFC 5761 section 4: what stands where RTP has marker and payload type is 192 to 223 for RTCP. */
export function isRtcp(bytes: Uint8Array): boolean {
  const second = bytes[1] ?? 0;
  return second >= 192 && second <= 223;
}

/** The packets of a compound RTCP packet (RFC 3550 section 6.1) and the SSRC each is sent from; views into it. */
export function splitRtcp(bytes: Uint8Array): { ssrc: number; packet: Uint8Array }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: { ssrc: number; packet: Uint8Array }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 4 * (view.getUint16(at + 2) + 1);
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.length || end < at + 8) break;
    found.push({ ssrc: view.getUint32(at + 4), packet: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}
