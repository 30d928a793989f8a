/**
 * How far a link has come, step by step, as the dispatcher sees it: sent, delivered, opened, camera asked, live. Pure, so
 * that the page, tests and reviews say the same of the same facts.
 */
import { type LinkEnd, NO_DATA_HINT_MS } from './links.ts';
import type { SmsFailure } from './sms.ts';
import type { LinkState, PageState } from './state-bystander.ts';

export const LINK_STEPS = ['sent', 'delivered', 'opened', 'camera', 'live'] as const;
export type LinkStepName = (typeof LINK_STEPS)[number];

export interface LinkStep {
  readonly step: LinkStepName;
  /** `skipped`: this link does not take the step, such as the delivery of a link that was shown as a QR code. */
  readonly state: 'waiting' | 'done' | 'failed' | 'skipped';
  /** UTC of its being done, where it is known; a step that a later one proves has none of its own. */
  readonly utc?: number;
}

/** What the dispatcher may say or do now; each has its sentence in the page. */
export type LinkHint =
  | 'no-data-during-calls' // Delivered and not opened for 20 s: many phones have no data during calls.
  | 'no-report' // The provider took it and tells nothing of the phone.
  | 'send-again' // Nobody knows whether it was sent.
  | 'check-number'
  | 'phone-off' // Off or without coverage.
  | 'provider-refused'
  | 'show-code' // No SMS leaves: show the QR code, or read the address out.
  | 'open-elsewhere' // An in-app browser without a camera.
  | 'camera-refused'
  | 'camera-unusable'
  | 'camera-stopped'
  | 'second-device' // Somebody else wants in.
  | 'new-link'; // This one has ended unopened.

export interface LinkProgress {
  readonly steps: readonly LinkStep[];
  /** The furthest step that is done. */
  readonly reached: LinkStepName | undefined;
  readonly hints: readonly LinkHint[];
  readonly failure?: { readonly reason: SmsFailure; readonly providerCode?: string };
  readonly ended?: LinkEnd;
  /** UTC at which the same facts lead to another answer, for the page to look again. */
  readonly changesAt?: number;
}

/**
 * @param link the state of the link
 * @param page the page of the opening the link is bound to, or of its only one; absent until one has connected
 * @param nowUtc UTC in milliseconds, as the room counts it
 */
export function linkProgress(link: LinkState, page: PageState | undefined, nowUtc: number): LinkProgress {
  const steps = [
    sentStep(link),
    deliveredStep(link),
    step('opened', link.openedUtc),
    cameraStep(page),
    liveStep(link, page),
  ];
  const proven = prove(steps);
  const reached = proven.findLast(({ state }) => state === 'done')?.step;
  const failure = failureOf(link);
  const changesAt = link.ended === undefined ? nextChange(link, nowUtc) : undefined;
  return {
    steps: proven,
    reached,
    hints: [...hints(link, page, nowUtc)],
    ...(failure === undefined ? {} : { failure }),
    ...(link.ended === undefined ? {} : { ended: link.ended }),
    ...(changesAt === undefined ? {} : { changesAt }),
  };
}

/** The page that a link's progress is about: the newest of those that came by it. */
export function pageOfLink(
  pages: Readonly<Record<string, PageState>>,
  linkId: string,
): PageState | undefined {
  return Object.values(pages).findLast((page) => page.linkId === linkId);
}

function step(name: LinkStepName, utc: number | undefined): LinkStep {
  return utc === undefined ? { step: name, state: 'waiting' } : { step: name, state: 'done', utc };
}

/** By SMS it is sent when the provider has taken it; otherwise when somebody has shown or copied it. */
function sentStep({ sent, delivery, ended }: LinkState): LinkStep {
  if (sent === undefined) return { step: 'sent', state: ended === undefined ? 'waiting' : 'skipped' };
  if (sent.way !== 'sms') return step('sent', sent.utc);
  switch (delivery?.state) {
    case 'sent':
    case 'accepted':
    case 'delivered':
    case 'expired':
      return step('sent', sent.utc);
    case 'failed':
      return isPhones(delivery.failure) ? step('sent', sent.utc) : { step: 'sent', state: 'failed' };
    default:
      return { step: 'sent', state: 'waiting' };
  }
}

function deliveredStep({ sent, delivery, deliveredUtc }: LinkState): LinkStep {
  if (sent !== undefined && sent.way !== 'sms') return { step: 'delivered', state: 'skipped' };
  if (deliveredUtc !== undefined) return step('delivered', deliveredUtc);
  const isOver = delivery?.state === 'failed' || delivery?.state === 'expired';
  return { step: 'delivered', state: isOver ? 'failed' : 'waiting' };
}

const UNUSABLE: ReadonlySet<string | undefined> = new Set(['missing', 'busy', 'unsupported', 'insecure']);

function cameraStep(page: PageState | undefined): LinkStep {
  const utc = page?.cameraAskedUtc ?? page?.cameraLiveUtc;
  if (page?.camera === 'refused' || UNUSABLE.has(page?.camera)) {
    return { step: 'camera', state: 'failed', ...(utc === undefined ? {} : { utc }) };
  }
  return step('camera', utc);
}

function liveStep({ boundUtc }: LinkState, page: PageState | undefined): LinkStep {
  return step('live', page?.cameraLiveUtc ?? boundUtc);
}

/**
 * Whoever has opened it has received it, whatever the provider says: a later step proves those before it. A camera that
 * fails now fails, though it was live once.
 */
function prove(steps: readonly LinkStep[]): LinkStep[] {
  const last = steps.findLastIndex(({ state }) => state === 'done');
  return steps.map((each, index) => {
    const isProven =
      index < last && (each.state === 'waiting' || (each.state === 'failed' && each.step !== 'camera'));
    return isProven ? { step: each.step, state: 'done' } : each;
  });
}

/** Failures of the phone and not of the way to it. */
function isPhones(failure: SmsFailure | undefined): boolean {
  return failure === 'absent' || failure === 'expired';
}

function failureOf({ delivery, openedUtc }: LinkState): LinkProgress['failure'] {
  const isOver = delivery?.state === 'failed' || delivery?.state === 'expired';
  if (!isOver || openedUtc !== undefined) return undefined;
  const { providerCode } = delivery;
  const reason = delivery.failure ?? (delivery.state === 'expired' ? 'expired' : 'unknown');
  return { reason, ...(providerCode === undefined ? {} : { providerCode }) };
}

function* hints(link: LinkState, page: PageState | undefined, nowUtc: number): Iterable<LinkHint> {
  if (link.ended !== undefined) {
    if (link.ended === 'unopened') yield 'new-link';
    return;
  }
  if (Object.values(link.openings).some(({ state }) => state === 'asking')) yield 'second-device';
  if (link.openedUtc === undefined) {
    yield* deliveryHints(link, nowUtc);
    return;
  }
  if (page?.wayOut === true) yield 'open-elsewhere';
  if (page?.camera === 'refused') yield 'camera-refused';
  if (page?.camera === 'stopped') yield 'camera-stopped';
  if (UNUSABLE.has(page?.camera)) yield 'camera-unusable';
}

function* deliveryHints({ sent, delivery, deliveredUtc }: LinkState, nowUtc: number): Iterable<LinkHint> {
  if (deliveredUtc !== undefined) {
    if (nowUtc - deliveredUtc >= NO_DATA_HINT_MS) yield 'no-data-during-calls';
    return;
  }
  if (sent?.way !== 'sms' || delivery === undefined) return;
  if (delivery.state === 'queued' && delivery.failure === 'provider-away') yield 'show-code';
  if (delivery.state === 'unknown') yield 'send-again';
  if (delivery.state === 'accepted' && nowUtc - delivery.utc >= NO_DATA_HINT_MS) yield 'no-report';
  if (delivery.state === 'expired') yield 'phone-off';
  if (delivery.state === 'failed') yield failureHint(delivery.failure);
}

function failureHint(failure: SmsFailure | undefined): LinkHint {
  switch (failure) {
    case 'bad-number':
      return 'check-number';
    case 'absent':
    case 'expired':
      return 'phone-off';
    case 'refused':
      return 'provider-refused';
    case 'provider-away':
      return 'show-code';
    default:
      return 'send-again';
  }
}

function nextChange({ delivery, deliveredUtc, openedUtc }: LinkState, nowUtc: number): number | undefined {
  if (openedUtc !== undefined) return undefined;
  const since = deliveredUtc ?? (delivery?.state === 'accepted' ? delivery.utc : undefined);
  if (since === undefined) return undefined;
  const at = since + NO_DATA_HINT_MS;
  return at > nowUtc ? at : undefined;
}
