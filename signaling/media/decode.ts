/** Whether a viewer can decode a source, and which codec to ask the publisher for when it cannot. */
import type { MediaKind, RtpCapabilities, RtpParameters } from '../protocol/media.ts';

/** Codecs a publisher may be asked to add, in the order they are tried (design section 5: VP8 or H.264). */
export const ALTERNATIVE_CODECS = ['video/VP8', 'video/H264'] as const;
export type AlternativeCodec = (typeof ALTERNATIVE_CODECS)[number];

export interface CodecOf {
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The media codec of a producer: the first that is not retransmission, error correction or comfort noise. */
export function codecOf(kind: MediaKind, rtpParameters: RtpParameters): CodecOf {
  const codec = rtpParameters.codecs.find((c) => !/\/(?:rtx|red|ulpfec|flexfec|cn)/i.test(c.mimeType));
  return { kind, mimeType: codec?.mimeType ?? `${kind}/unknown`, parameters: codec?.parameters ?? {} };
}

/**
 * A first judgement from capabilities alone, so that no consumer is asked for in vain. The node has the last word
 * (`cannot-consume`), and the browser after it (`media.consumerFailed`).
 */
export function canDecode(codec: CodecOf, capabilities: RtpCapabilities): boolean {
  return (capabilities.codecs ?? []).some(
    (capable) =>
      capable.mimeType.toLowerCase() === codec.mimeType.toLowerCase() &&
      fits(codec, { mimeType: capable.mimeType, kind: codec.kind, parameters: capable.parameters ?? {} }),
  );
}

/** Rules of mediasoup's `ortc.matchCodecs` in strict mode: packetization and profile must be the same. */
function fits(codec: CodecOf, capable: CodecOf): boolean {
  switch (codec.mimeType.toLowerCase()) {
    case 'video/h264':
      return (
        number(codec.parameters['packetization-mode']) === number(capable.parameters['packetization-mode']) &&
        h264Profile(codec.parameters) === h264Profile(capable.parameters)
      );
    case 'video/vp9':
      return number(codec.parameters['profile-id']) === number(capable.parameters['profile-id']);
    default:
      return true;
  }
}

function number(value: unknown): number {
  return Number(value ?? 0);
}

/**
 * The profile without its level (RFC 6184 section 8.1): constrained baseline is written `42e0`, `42c0` or
 * `4de0`, all decoded by whoever decodes one of them. Without the parameter the profile is baseline.
 */
function h264Profile(parameters: Readonly<Record<string, unknown>>): string {
  const id = String(parameters['profile-level-id'] ?? '42e01f').toLowerCase();
  const constrained = (Number.parseInt(id.slice(2, 4), 16) & 0x40) !== 0;
  const idc = id.slice(0, 2);
  if (constrained && (idc === '42' || idc === '4d')) return 'constrained-baseline';
  if (idc === '64') return id.slice(2, 4) === '0c' ? 'constrained-high' : 'high';
  return `${idc}-${constrained ? 'constrained' : 'plain'}`;
}

/** Codecs the viewer could be helped with, best first; empty when it decodes neither or is served already. */
export function alternativesFor(codec: CodecOf, capabilities: RtpCapabilities): readonly AlternativeCodec[] {
  return ALTERNATIVE_CODECS.filter(
    (mimeType) =>
      mimeType.toLowerCase() !== codec.mimeType.toLowerCase() &&
      (capabilities.codecs ?? []).some((c) => c.mimeType.toLowerCase() === mimeType.toLowerCase()),
  );
}
