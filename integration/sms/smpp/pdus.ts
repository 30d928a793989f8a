/** Messages as `submit_sm`, and receipts out of `deliver_sm` (SMPP 3.4 sections 4.4, 4.6 and appendix B). */
import type { Pdu, PduFields } from 'smpp';
import type { SmsMessage } from '../../../signaling/protocol/sms.ts';
import { smsSegments } from '../../../signaling/protocol/sms-text.ts';
import type { Outcome } from '../reports.ts';
import type { SmppSmsOptions } from './options.ts';

const TON_INTERNATIONAL = 1;
const NPI_ISDN = 1;
const CODING = { gsm7: 0, ucs2: 8 } as const;
/** `esm_class` of a message whose text begins with a header (section 5.2.12). */
const WITH_HEADER = 0x40;
/** Ask for the final outcome, good or bad (section 5.2.17). */
const FINAL_RECEIPT = 1;

/**
 * The fields of each `submit_sm` that one message takes.
 * @param reference names the parts of one long message to the phone, 0 to 255
 */
export function submitFields(message: SmsMessage, options: SmppSmsOptions, reference: number): PduFields[] {
  const { alphabet, segments } = smsSegments(message.text, options.alphabet === 'ucs2' ? 'ucs2' : undefined);
  const common = {
    source_addr_ton: options.sourceTon,
    source_addr_npi: options.sourceNpi,
    source_addr: options.source,
    dest_addr_ton: TON_INTERNATIONAL,
    dest_addr_npi: NPI_ISDN,
    destination_addr: message.to.slice(1),
    validity_period: validityPeriod(message.validForMs),
    registered_delivery: FINAL_RECEIPT,
    data_coding: CODING[alphabet],
  };
  const bytes = segments.map((codes) => bytesOf(codes, alphabet));
  if (bytes.length === 1) return [{ ...common, esm_class: 0, short_message: bytes[0] }];
  if (options.longMessages === 'payload') {
    return [
      { ...common, esm_class: 0, short_message: Buffer.alloc(0), message_payload: Buffer.concat(bytes) },
    ];
  }
  return bytes.map((part, index) => {
    // Concatenated short messages, 8-bit reference (3GPP TS 23.040 section 9.2.3.24.1).
    const header = Buffer.from([5, 0, 3, reference & 0xff, bytes.length, index + 1]);
    return { ...common, esm_class: WITH_HEADER, short_message: Buffer.concat([header, part]) };
  });
}

/** The 7-bit alphabet travels one code a byte; the centre packs it for the air. */
function bytesOf(codes: readonly number[], alphabet: 'gsm7' | 'ucs2'): Buffer {
  if (alphabet === 'gsm7') return Buffer.from(codes);
  const bytes = Buffer.alloc(codes.length * 2);
  for (const [index, code] of codes.entries()) bytes.writeUInt16BE(code, index * 2);
  return bytes;
}

/** A relative time, `YYMMDDhhmmss000R` (section 7.1.1.2): no clock of the centre has to agree with ours. */
export function validityPeriod(ms: number): string {
  const seconds = Math.min(Math.max(1, Math.round(ms / 1000)), 30 * 86_400);
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  return `0000${parts.map((part) => String(part).padStart(2, '0')).join('')}000R`;
}

export interface Receipt {
  /** The id that the answer to `submit_sm` told. */
  readonly providerId: string;
  /** Undefined while nothing is decided. */
  readonly outcome: Outcome | undefined;
}

/** Kinds of `deliver_sm` in bits 5 to 2 of its `esm_class`; intermediate notifications are receipts too. */
const KIND = 0x3c;
const RECEIPTS: ReadonlySet<number> = new Set([0x04, 0x20]);
/** `message_state` (section 5.2.28) and the words of the text form (appendix B). */
const STATES = [
  '',
  'ENROUTE',
  'DELIVRD',
  'EXPIRED',
  'DELETED',
  'UNDELIV',
  'ACCEPTD',
  'UNKNOWN',
  'REJECTD',
] as const;

/** The receipt in a `deliver_sm`, or undefined for a message of a person and for what cannot be read. */
export function receiptOf(pdu: Pdu): Receipt | undefined {
  const kind = typeof pdu.esm_class === 'number' ? pdu.esm_class & KIND : 0;
  if (!RECEIPTS.has(kind)) return undefined;
  const text = textOf(pdu.short_message) || textOf(pdu.message_payload);
  const providerId = withoutNul(pdu.receipted_message_id) ?? /\bid:\s*([^\s]+)/i.exec(text)?.[1];
  const told = typeof pdu.message_state === 'number' ? STATES[pdu.message_state] : undefined;
  const state = told || /\bstat:\s*([A-Z]+)/i.exec(text)?.[1]?.toUpperCase();
  if (providerId === undefined || providerId === '' || state === undefined) return undefined;
  const error = /\berr:\s*([\w-]{1,16})/i.exec(text)?.[1] ?? networkError(pdu.network_error_code);
  return { providerId, outcome: outcomeOf(state, error) };
}

function outcomeOf(state: string, error: string | undefined): Outcome | undefined {
  const providerCode = error === undefined ? state.slice(0, 16) : `${state.slice(0, 16)} err:${error}`;
  switch (state) {
    case 'DELIVRD':
      return { state: 'delivered' };
    case 'EXPIRED':
      return { state: 'expired', failure: 'expired', providerCode };
    case 'UNDELIV':
      return { state: 'failed', failure: 'absent', providerCode };
    case 'DELETED':
    case 'REJECTD':
      return { state: 'failed', failure: 'refused', providerCode };
    case 'ENROUTE':
    case 'ACCEPTD':
      return undefined;
    default:
      return { state: 'unknown', failure: 'unknown', providerCode };
  }
}

/** The library decodes texts by their alphabet into `message`; what it cannot decode stays bytes. */
function textOf(field: unknown): string {
  if (typeof field === 'string') return field;
  if (Buffer.isBuffer(field)) return field.toString('latin1');
  if (typeof field === 'object' && field !== null && 'message' in field) return textOf(field.message);
  return '';
}

function withoutNul(field: unknown): string | undefined {
  return typeof field === 'string' ? field.replaceAll('\0', '').trim() : undefined;
}

/** `network_error_code` (section 5.3.2.31): the kind of network, then its code in two bytes. */
function networkError(field: unknown): string | undefined {
  return Buffer.isBuffer(field) && field.length >= 3 ? `${field[0]}-${field.readUInt16BE(1)}` : undefined;
}
