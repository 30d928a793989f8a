/** What may be asked of a phone, and where each ask stands, as the phone itself said it. Pure. */
import type { AskWhat, PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';

/** `silent`: asked, and the phone has said nothing for a while. */
export type Standing = 'ready' | 'asked' | 'silent' | 'done' | 'refused' | 'unsupported' | 'failed';

export interface ControlView {
  readonly what: AskWhat;
  readonly standing: Standing;
  /** Whether it is on now; undefined for what has no on and off. */
  readonly on: boolean | undefined;
  /** In the phone's own words, such as the name of a browser's error. */
  readonly why: string | undefined;
}

/** After this an ask without an answer is shown as such, in milliseconds. */
export const SILENT_AFTER_MS = 10_000;
/** For so long "done" is said, in milliseconds; afterwards what is on speaks for itself. */
export const SAID_FOR_MS = 4000;

/** @param asks of this phone, oldest first; @param now UTC milliseconds */
export function controlView(
  what: AskWhat,
  page: PageReport,
  asks: readonly AskState[],
  now: number,
): ControlView {
  const ask = asks.findLast((each) => each.what === what);
  return { what, standing: standingOf(what, page, ask, now), on: isOn(what, page), why: ask?.why };
}

function standingOf(what: AskWhat, page: PageReport, ask: AskState | undefined, now: number): Standing {
  if (ask === undefined) return fromReport(what, page);
  if (ask.outcome === undefined) return now - ask.utc < SILENT_AFTER_MS ? 'asked' : 'silent';
  if (ask.outcome !== 'done') return ask.outcome;
  return now - ask.utc < SAID_FOR_MS ? 'done' : fromReport(what, page);
}

/** What the phone has said before anyone asked. */
function fromReport(what: AskWhat, page: PageReport): Standing {
  switch (what) {
    case 'camera':
      if (page.camera === 'refused') return 'refused';
      if (page.camera === 'missing' || page.camera === 'busy') return 'failed';
      return page.camera === 'unsupported' || page.camera === 'insecure' ? 'unsupported' : 'ready';
    case 'torch':
      return page.torch === 'unsupported' ? 'unsupported' : 'ready';
    case 'zoom':
      return page.zoom?.supported === false ? 'unsupported' : 'ready';
    case 'microphone':
      if (page.microphone === 'refused') return 'refused';
      return page.microphone === 'missing' ? 'unsupported' : 'ready';
    case 'location':
      return page.location === 'refused' || page.location === 'unsupported' ? page.location : 'ready';
    case 'sound':
      return page.sound === 'unsupported' ? 'unsupported' : 'ready';
    default:
      return 'ready';
  }
}

function isOn(what: AskWhat, page: PageReport): boolean | undefined {
  switch (what) {
    case 'camera':
      return page.camera === 'live';
    case 'torch':
      return page.torch === 'on';
    case 'microphone':
      return page.microphone === 'live';
    case 'sound':
      return page.sound === 'runs';
    case 'location':
      return page.location === 'known';
    default:
      return undefined;
  }
}

/** The next factor of the zoom as the device counts it; undefined where it goes no further. */
export function nextZoom(zoom: PageReport['zoom'], direction: 'in' | 'out'): number | undefined {
  if (zoom === undefined || !zoom.supported) return undefined;
  const wanted = direction === 'in' ? zoom.now * 1.5 : zoom.now / 1.5;
  const next = Math.min(zoom.most, Math.max(zoom.least, Math.round(wanted * 10) / 10));
  return Math.abs(next - zoom.now) < 0.05 ? undefined : next;
}
