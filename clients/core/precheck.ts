/**
 * The link pre-check before a call: round trips over the socket, then incompressible bytes down and up over HTTP, each
 * for at most two seconds, then the devices. It measures the TCP path to the server, which is an honest lower bound of
 * what media gets, before any transport exists.
 */
import { listDevices } from './capture.ts';
import type { Clock } from './clock.ts';
import { isClientError } from './errors.ts';
import { rungFor } from './media/ladder.ts';
import type { CaptureDevice, PrecheckOptions, PrecheckResult, PrecheckStep } from './types.ts';

const PINGS = 8;
const PHASE_MS = 2000;
/** First request of a direction; each next one is as large as the last one's speed fits into the time left. */
const FIRST_BYTES = 128 * 1024;
const MAX_BYTES = 4 * 1024 * 1024;

export interface PrecheckDeps {
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** One round trip over the socket; rejects when it was not answered within a second. */
  readonly ping: () => Promise<void>;
}

type Writable<T> = { -readonly [K in keyof T]?: T[K] };

/** Never rejects for a failing step: `failures` names it. Rejects with the signal's reason when aborted. */
export async function precheck(deps: PrecheckDeps, options: PrecheckOptions = {}): Promise<PrecheckResult> {
  const partial: Writable<PrecheckResult> = {};
  const failures: PrecheckStep[] = [];
  const step = async (name: PrecheckStep, run: () => Promise<Writable<PrecheckResult>>) => {
    options.signal?.throwIfAborted();
    try {
      Object.assign(partial, await run());
    } catch {
      // The cause is the network's or the browser's; the person is told which step failed, and calls anyway.
      options.signal?.throwIfAborted();
      failures.push(name);
    }
    options.onProgress?.(name, { ...partial });
  };
  await step('rtt', () => roundTrips(deps));
  await step('down', async () => ({ downBitrate: await measure(deps, options.signal, download) }));
  await step('up', async () => ({ upBitrate: await measure(deps, options.signal, upload) }));
  await step('devices', devices);
  return {
    rttMs: partial.rttMs,
    jitterMs: partial.jitterMs,
    lossFraction: partial.lossFraction,
    upBitrate: partial.upBitrate,
    downBitrate: partial.downBitrate,
    cameras: partial.cameras ?? [],
    microphones: partial.microphones ?? [],
    // A fifth is kept for what else the link carries and for its bad moments.
    expectedRung: partial.upBitrate === undefined ? 'audio' : rungFor(partial.upBitrate * 0.8),
    failures,
  };
}

async function roundTrips({ clock, ping }: PrecheckDeps): Promise<Writable<PrecheckResult>> {
  const times: number[] = [];
  let lost = 0;
  // The first one also connects the socket, so it is not counted.
  await ping();
  for (let i = 0; i < PINGS; i += 1) {
    const start = clock.monotonic();
    try {
      await ping();
      times.push(clock.monotonic() - start);
    } catch (error) {
      if (!isClientError(error)) throw error;
      lost += 1;
    }
  }
  const lossFraction = lost / PINGS;
  const rttMs = median(times);
  if (rttMs === undefined) return { lossFraction };
  const steps = times.slice(1).map((time, i) => Math.abs(time - (times[i] ?? time)));
  return { lossFraction, rttMs, jitterMs: median(steps) ?? 0 };
}

type Transfer = (deps: PrecheckDeps, bytes: number, signal: AbortSignal) => Promise<number>;

/** Bit/s of the largest transfer that fits the time: small ones measure round trips, not the link. */
async function measure(
  deps: PrecheckDeps,
  outer: AbortSignal | undefined,
  transfer: Transfer,
): Promise<number> {
  const { clock } = deps;
  const end = clock.monotonic() + PHASE_MS;
  let bytes = FIRST_BYTES;
  let best: number | undefined;
  for (let left = PHASE_MS; left > 200; left = end - clock.monotonic()) {
    const timeout = AbortSignal.timeout(Math.round(Math.max(left * 2, 1000)));
    const signal = outer ? AbortSignal.any([outer, timeout]) : timeout;
    const start = clock.monotonic();
    const moved = await transfer(deps, bytes, signal);
    const ms = Math.max(1, clock.monotonic() - start);
    const rate = (moved * 8000) / ms;
    best = Math.max(best ?? 0, rate);
    if (bytes === MAX_BYTES) break;
    const fits = (rate / 8000) * Math.max(0, end - clock.monotonic()) * 0.7;
    if (fits < bytes) break;
    bytes = Math.min(MAX_BYTES, Math.floor(fits));
  }
  if (best === undefined) throw new Error('Nothing was measured.');
  return best;
}

/** Reads until the end or the deadline; what arrived by then counts. */
async function download({ base, fetch }: PrecheckDeps, bytes: number, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${base}/api/precheck?bytes=${bytes}`, {
    credentials: 'include',
    cache: 'no-store',
    signal,
  });
  if (!response.ok || !response.body) throw new Error(`The pre-check was answered with ${response.status}.`);
  let moved = 0;
  for await (const chunk of readAll(response.body)) moved += chunk.length;
  return moved;
}

async function* readAll(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function upload({ base, fetch }: PrecheckDeps, bytes: number, signal: AbortSignal): Promise<number> {
  const response = await fetch(`${base}/api/precheck`, {
    method: 'POST',
    credentials: 'include',
    headers: { 'content-type': 'application/octet-stream' },
    body: randomBytes(bytes),
    signal,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`The pre-check was answered with ${response.status}.`);
  return bytes;
}

/** Incompressible, so that no proxy on the way flatters the figure. `getRandomValues` gives 64 KiB at a time. */
function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

async function devices(): Promise<Writable<PrecheckResult>> {
  const all = await listDevices();
  const of = (kind: CaptureDevice['kind']) => all.filter((device) => device.kind === kind);
  return { cameras: of('camera'), microphones: of('microphone') };
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
