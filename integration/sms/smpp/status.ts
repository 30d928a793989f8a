/** What a `command_status` means for a message (SMPP 3.4 section 5.1.3). */
import type { Outcome } from '../reports.ts';

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x01, 'ESME_RINVMSGLEN'],
  [0x03, 'ESME_RINVCMDID'],
  [0x04, 'ESME_RINVBNDSTS'],
  [0x05, 'ESME_RALYBND'],
  [0x08, 'ESME_RSYSERR'],
  [0x0a, 'ESME_RINVSRCADR'],
  [0x0b, 'ESME_RINVDSTADR'],
  [0x0d, 'ESME_RBINDFAIL'],
  [0x0e, 'ESME_RINVPASWD'],
  [0x0f, 'ESME_RINVSYSID'],
  [0x14, 'ESME_RMSGQFUL'],
  [0x45, 'ESME_RSUBMITFAIL'],
  [0x48, 'ESME_RINVSRCTON'],
  [0x49, 'ESME_RINVSRCNPI'],
  [0x50, 'ESME_RINVDSTTON'],
  [0x51, 'ESME_RINVDSTNPI'],
  [0x53, 'ESME_RINVSYSTYP'],
  [0x58, 'ESME_RTHROTTLED'],
  [0x62, 'ESME_RINVEXPIRY'],
]);

/** The name of the specification, or the number where it has none: centres have codes of their own. */
export function statusName(status: number): string {
  return NAMES.get(status) ?? `0x${status.toString(16).padStart(8, '0')}`;
}

/** Refusals for now: the message was not taken, and may be soon. */
export function isForNow(status: number): boolean {
  return status === 0x58 || status === 0x14 || status === 0x08;
}

/** Refusals that mean the connection, which the centre does not count as bound. */
export function isUnbound(status: number): boolean {
  return status === 0x04;
}

/** The outcome of a message that was refused for good. */
export function refusal(status: number): Outcome {
  const isNumber = status === 0x0b || status === 0x50 || status === 0x51;
  return { state: 'failed', failure: isNumber ? 'bad-number' : 'refused', providerCode: statusName(status) };
}
