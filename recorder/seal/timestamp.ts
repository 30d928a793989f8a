/**
 * RFC 3161 time stamps: the request that goes to a time authority, over HTTP or as a file by hand, and the check of the
 * token that comes back. Only SHA-256 imprints are asked for and accepted.
 */
import { randomBytes } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  MessageImprint,
  PKIStatus,
  TimeStampReq,
  TimeStampReqVersion,
  TimeStampResp,
  TSTInfo,
} from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { AppError, messageOf } from '../../platform/errors.ts';
import { OutgoingGuard } from '../../platform/outgoing.ts';
import { requestOut } from '../../platform/outgoing-request.ts';
import { openSignedData, type SignedContent } from './cms.ts';

const ID_SHA256 = '2.16.840.1.101.3.4.2.1';
const ID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const MOST_BYTES = 64 * 1024;

/** A time authority and how it is reached. */
export interface TimeAuthority {
  readonly url: string;
  /** Addresses that are taken although no service of a hospital has them (`outgoing.allow`). */
  readonly allow?: readonly string[];
}

export interface CheckedToken {
  /** Time the authority gave, UTC milliseconds. */
  readonly utc: number;
  /** Subject of the authority's certificate. */
  readonly authority: string;
  readonly trusted?: boolean;
}

/** DER of a request for `imprint` (SHA-256, 32 bytes), with a nonce and asking for the authority's certificate. */
export function timestampRequest(imprint: Uint8Array): Uint8Array {
  // A positive INTEGER of 8 bytes: the first bit of DER is the sign.
  const nonce = randomBytes(8);
  nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
  const request = new TimeStampReq({
    version: TimeStampReqVersion.v1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithm: ID_SHA256, parameters: null }),
      hashedMessage: new OctetString(imprint),
    }),
    nonce: Uint8Array.from(nonce).buffer,
    certReq: true,
  });
  return new Uint8Array(AsnConvert.serialize(request));
}

/** Sends a request as RFC 3161 section 3.4 says and returns the token's DER. Throws `timestamp-failed`. */
export async function fetchToken(
  { url, allow }: TimeAuthority,
  request: Uint8Array,
  deadlineMs = 15_000,
): Promise<Uint8Array> {
  try {
    const { status, bytes } = await requestOut({
      url: new URL(url),
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
      body: request,
      guard: new OutgoingGuard(allow),
      deadlineMs,
      maxAnswerBytes: MOST_BYTES,
    });
    if (status !== 200) throw new Error(`it answered ${status}`);
    return tokenOf(bytes);
  } catch (error) {
    throw new AppError('timestamp-failed', `The time authority gave no time stamp: ${messageOf(error)}.`, {
      status: 502,
      whatToDo:
        'The request lies in the package (seal/request.tsq) and is sent again; or carry it to an authority by hand and attach the answer with "goldenhour verify PATH --attach-token FILE".',
      cause: error,
    });
  }
}

/** The token in a reply of an authority, or in a file that holds the token alone. Throws Error for anything else. */
export function tokenOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MOST_BYTES) throw new Error('a reply of that size is none');
  const reply = tryParse(bytes);
  if (!reply) return bytes;
  const { status } = reply.status;
  if (status !== PKIStatus.granted && status !== PKIStatus.grantedWithMods)
    throw new Error(`it refused with status ${status}`);
  if (!reply.timeStampToken) throw new Error('its reply holds no token');
  return new Uint8Array(AsnConvert.serialize(reply.timeStampToken));
}

function tryParse(bytes: Uint8Array): TimeStampResp | undefined {
  try {
    return AsnConvert.parse(Uint8Array.from(bytes), TimeStampResp);
  } catch {
    // A token alone begins with an object identifier where a reply has its status.
    return undefined;
  }
}

/**
 * Checks that the token was signed by its certificate, that this certificate is for time stamps and valid at that time,
 * and that the token is for `imprint`. `roots` (PEM) say whom to believe; without them `trusted` is absent.
 * Throws Error with the reason.
 */
export function checkToken(token: Uint8Array, imprint: Uint8Array, roots?: readonly string[]): CheckedToken {
  const signed = openSignedData(token, roots);
  if (signed.contentType !== ID_TST_INFO) throw new Error('it is no time stamp');
  const info = AsnConvert.parse(signed.content, TSTInfo);
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithm !== ID_SHA256) throw new Error('its hash is not SHA-256');
  if (!Buffer.from(hashedMessage.buffer).equals(imprint)) throw new Error('it is for something else');
  checkCertificate(signed, info.genTime);
  return {
    utc: info.genTime.getTime(),
    authority: signed.certificate.subject.replaceAll('\n', ', '),
    ...(signed.trusted === undefined ? {} : { trusted: signed.trusted }),
  };
}

/** RFC 3161 section 2.3: the key signs time stamps and nothing else. */
function checkCertificate({ certificate }: SignedContent, at: Date): void {
  if (!certificate.keyUsage?.includes('1.3.6.1.5.5.7.3.8'))
    throw new Error('its certificate is not for time stamps');
  if (at < certificate.validFromDate || at > certificate.validToDate)
    throw new Error('its certificate was not valid at that time');
}
