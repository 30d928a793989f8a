/**
 * Timestamps of one SSRC from one start to the next, on the host's clock: by a line through the publisher's sender reports
 * where some can be believed, else by the least delay of arrival.
 */
import { type LeastDelayState, leastDelay, newLeastDelay, observeDelay } from './least-delay.ts';
import type { PeerClock } from './peer-clock.ts';
import type { SenderReport } from './rtcp.ts';
import { unwrap } from './unwrap.ts';

/** A report whose moment lies farther than this from what arrival says is refused. */
export const MAX_OFF_ARRIVAL_MS = 200;
/** One that lies farther than this from the line through the others. */
const MAX_OFF_LINE_MS = 50;
/** Refused reports that agree with each other within 20 ms, and so many, begin a new line. */
const AGREEING = 3;
const AGREE_MS = 20;
/** Reports that agree before a line is trusted more than the report that contradicts it. */
const ESTABLISHED = 3;
const REPORTS = 48;
const REPORTS_MS = 180_000;
const MAX_SLOPE = 500e-6;
const MIN_SPAN_MS = 10_000;
/** Arrival this much later than timestamps say, at once, is a stop of the publisher's clock or of its link. */
const STOP_MS = 700;
const STOP_DECIDED_MS = 1500;

interface Pair {
  /** Milliseconds of RTP time since the first packet. */
  readonly x: number;
  /** The publisher's first clock, milliseconds. */
  readonly y: number;
}

interface Line {
  x: number;
  y: number;
  slope: number;
  /** Root of the mean square of what the reports lie off it. */
  spread: number;
}

/** Plain data only, so that it can be saved and go on later. */
export interface TimelineState {
  readonly ssrc: number;
  readonly clockRate: number;
  /** Ticks and arrival of the first packet. */
  readonly firstRtp: number;
  readonly firstAtMs: number;
  arrival: LeastDelayState;
  reports: Pair[];
  refused: Pair[];
  line: Line | undefined;
  last: { x: number; atMs: number };
  /** A stop that may be the clock's: since when, and the least delay since. */
  stop: { x: number; rtp: number; atMs: number; least: number } | undefined;
}

export function newTimeline(
  ssrc: number,
  clockRate: number,
  firstRtp: number,
  firstAtMs: number,
): TimelineState {
  return {
    ssrc,
    clockRate,
    firstRtp,
    firstAtMs,
    arrival: newLeastDelay(),
    reports: [],
    refused: [],
    line: undefined,
    last: { x: 0, atMs: firstAtMs },
    stop: undefined,
  };
}

/** Milliseconds of RTP time since the first packet. */
function elapsed(state: TimelineState, rtp: number): number {
  return ((rtp - state.firstRtp) * 1000) / state.clockRate;
}

/**
 * Takes a packet's timestamp (unwrapped ticks) and arrival. `waiting` while it is open whether the publisher's clock
 * stopped (as phones do during a call) or only its link; `stopped` once: then a new timeline must begin at `stoppedAt`.
 */
export function observePacket(state: TimelineState, rtp: number, atMs: number): 'on' | 'waiting' | 'stopped' {
  const x = elapsed(state, rtp);
  const delay = atMs - x;
  const { last, stop } = state;
  observeDelay(state.arrival, atMs, delay);
  if (stop === undefined) {
    const held = atMs - last.atMs - (x - last.x);
    const least = leastDelay(state.arrival, atMs) ?? delay;
    if (atMs - last.atMs > STOP_MS && held > STOP_MS && delay - least > STOP_MS) {
      state.stop = { x, rtp, atMs, least: delay };
    }
  } else {
    stop.least = Math.min(stop.least, delay);
    const least = leastDelay(state.arrival, atMs) ?? delay;
    if (delay - least < STOP_MS / 2) state.stop = undefined;
    else if (atMs - stop.atMs >= STOP_DECIDED_MS) {
      if (x - stop.x <= 1.1 * (atMs - stop.atMs)) return 'stopped';
      // It drains what its link held up: the clock went on.
      state.stop = undefined;
    }
  }
  if (x >= last.x) state.last = { x, atMs };
  return state.stop === undefined ? 'on' : 'waiting';
}

/** Takes a sender report that arrived at `atMs`; false when it is not believed. */
export function observeReport(
  state: TimelineState,
  report: SenderReport,
  atMs: number,
  peer: PeerClock,
): boolean {
  const least = leastDelay(state.arrival, atMs);
  if (report.ntpSeconds === 0 || least === undefined) return false;
  const near = state.firstRtp + ((atMs - least) * state.clockRate) / 1000;
  const x = elapsed(state, unwrap(near, report.rtp, 32));
  const arrives = x + least;
  // Far from any moment now: not of this timeline, or no time at all.
  if (Math.abs(arrives - atMs) > 10_000) return false;
  const ntpMs = report.ntpSeconds * 1000 + (report.ntpFraction * 1000) / 2 ** 32;
  const foretold = state.reports.length < ESTABLISHED ? undefined : senderTime(state, x);
  const y = peer.place(ntpMs, atMs, foretold);
  if (y === undefined) return false;
  const host = peer.toHost(y);
  if (host === undefined || Math.abs(arrives - host) > MAX_OFF_ARRIVAL_MS) return false;
  const before = state.reports.at(-1);
  if (before !== undefined && (x <= before.x || y <= before.y)) return false;
  if (!addReport(state, { x, y })) return false;
  peer.learn(y, atMs, arrives);
  return true;
}

function addReport(state: TimelineState, pair: Pair): boolean {
  const { line } = state;
  if (line !== undefined && Math.abs(pair.y - (line.y + (pair.x - line.x) * line.slope)) > MAX_OFF_LINE_MS) {
    const same = state.refused.filter(({ x, y }) => Math.abs(y - x - (pair.y - pair.x)) <= AGREE_MS);
    state.refused = [...state.refused.slice(1 - AGREEING), pair];
    if (same.length < AGREEING - 1) return false;
    state.reports = same;
  }
  state.refused = [];
  state.reports.push(pair);
  while (state.reports.length > REPORTS || (state.reports[0]?.x ?? pair.x) < pair.x - REPORTS_MS) {
    state.reports.shift();
  }
  state.line = lineThrough(state.reports);
  return true;
}

/** The line of least squares; its slope is that of the clocks while too few reports could say otherwise. */
function lineThrough(pairs: readonly Pair[]): Line {
  let x = 0;
  let y = 0;
  for (const pair of pairs) {
    x += pair.x / pairs.length;
    y += pair.y / pairs.length;
  }
  let xx = 0;
  let xy = 0;
  for (const pair of pairs) {
    xx += (pair.x - x) ** 2;
    xy += (pair.x - x) * (pair.y - y);
  }
  const span = (pairs.at(-1)?.x ?? 0) - (pairs[0]?.x ?? 0);
  const fitted = pairs.length >= 5 && span >= MIN_SPAN_MS ? xy / xx : 1;
  const slope = Math.max(1 - MAX_SLOPE, Math.min(1 + MAX_SLOPE, fitted));
  let square = 0;
  for (const pair of pairs) square += (pair.y - y - (pair.x - x) * slope) ** 2 / pairs.length;
  return { x, y, slope, spread: Math.sqrt(square) };
}

/** The publisher's first clock at `x`. */
function senderTime({ line }: TimelineState, x: number): number | undefined {
  return line === undefined ? undefined : line.y + (x - line.x) * line.slope;
}

/** The host's time of a timestamp and how it is known; arrival stands in while no report is believed. */
export function estimateHost(
  state: TimelineState,
  rtp: number,
  peer: PeerClock,
  nowMs: number,
): { readonly ms: number; readonly errorMs: number; readonly by: 'report' | 'arrival' } {
  const x = elapsed(state, rtp);
  const time = senderTime(state, x);
  const host = time === undefined ? undefined : peer.toHost(time);
  if (host !== undefined) {
    return { ms: host, errorMs: 2 * (state.line?.spread ?? 0) + peer.errorMs.sender + 1, by: 'report' };
  }
  const least = leastDelay(state.arrival, nowMs) ?? state.firstAtMs;
  // What the publisher takes to encode and send is unknown here: seldom more than this.
  return { ms: x + least, errorMs: 100, by: 'arrival' };
}
