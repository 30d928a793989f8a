/** Measuring compressions for as long as the incident's page is open: what the panel shows, and what the room is told. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type * as z from 'zod/mini';
import { CprMeasuring } from '../../../../signaling/protocol/cpr-check.ts';
import { TcprLimits } from '../../../../signaling/protocol/tcpr.ts';
import { CprAlarms, type CprFlags, NO_FLAGS, pauseIsRight } from '../../../core/cpr/alarms.ts';
import { type CprReading, withoutPictures } from '../../../core/cpr/measure.ts';
import { breathsLeft, gridOf } from '../../../core/cpr/metronome.ts';
import { pulledRate } from '../../../core/cpr/pull.ts';
import { DEFAULT_TCPR_LIMITS } from '../../../core/cpr/tcpr.ts';
import { callJson } from '../../../core/http.ts';
import type { RemoteSource, RoomSession } from '../../../core/types.ts';
import { act } from '../../../ui/announcer.tsx';
import { useRoom } from '../../live/live-room.ts';
import { roomUtc } from '../use-progress.ts';
import { grabFrames } from './grab.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { CprReporter } from './reporter.ts';

/** Readings come twice a second. After this long without one the picture stands still, and what it showed is no longer so. */
const STANDS_STILL_MS = 1500;
const EVERY_MS = 500;

export interface Compressions {
  /** `off`: the site's check is missing; `unknown`: not asked yet, or the server did not answer. */
  readonly measuring: 'on' | 'off' | 'unknown';
  /** Undefined while no live video of the public is measured. */
  readonly reading: CprReading | undefined;
  readonly flags: CprFlags;
  readonly limits: TcprLimits;
  readonly pulls: boolean;
  pull(on: boolean): void;
}

function ask<S extends z.ZodMiniType>(path: string, parser: S): Promise<z.infer<S>> {
  return callJson((input, init) => fetch(input, init), `${location.origin}${path}`, 'GET', parser, undefined);
}

function useSiteSettings(): Pick<Compressions, 'measuring' | 'limits'> {
  const [measuring, setMeasuring] = useState<Compressions['measuring']>('unknown');
  const [limits, setLimits] = useState<TcprLimits>(DEFAULT_TCPR_LIMITS);
  useEffect(() => {
    let over = false;
    const unless = (run: () => void) => () => {
      if (!over) run();
    };
    ask('/api/cpr', CprMeasuring).then(
      ({ on }) => unless(() => setMeasuring(on ? 'on' : 'off'))(),
      // Without an answer nothing is measured: a wrong rate is worse than none.
      unless(() => setMeasuring('unknown')),
    );
    ask('/api/tcpr', TcprLimits).then(
      (answer) => unless(() => setLimits(answer))(),
      unless(() => undefined),
    );
    return () => {
      over = true;
    };
  }, []);
  return { measuring, limits };
}

/** Volatile or repeated by the SDK: what does not arrive is told by the connection itself, not once more for each. */
function quietly(request: Promise<unknown>): void {
  request.then(
    () => undefined,
    () => undefined,
  );
}

function reporterOf(session: RoomSession): CprReporter {
  return new CprReporter({
    measure: (measured) => quietly(session.request('cpr.measure', measured)),
    flag: (flagged) => quietly(session.request('cpr.flag', flagged)),
    summarise: (summary) => quietly(session.request('cpr.summarise', { summary })),
    firstCompression: (at) =>
      quietly(session.request('tcpr.set', { clock: 'first-compression', at, source: 'measured' })),
  });
}

/** @param source live video of the public, or undefined while there is none; another one begins a new measure */
export function useCompressions(source: RemoteSource | undefined): Compressions {
  const room = useRoom();
  const { session } = room;
  const { measuring, limits } = useSiteSettings();
  const [seen, setSeen] = useState<{ reading: CprReading; flags: CprFlags }>();
  const [pulls, setPulls] = useState(false);
  usePull(pulls, seen?.reading.rate ?? null);
  const measured = measuring === 'on' ? source : undefined;
  useEffect(() => {
    if (measured === undefined) return undefined;
    const worker = new Worker(new URL('./measure-worker.ts', import.meta.url), { type: 'module' });
    const reporter = reporterOf(session);
    const alarms = new CprAlarms();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = (reading: CprReading, nextMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => take(withoutPictures(reading), EVERY_MS), nextMs);
      const utc = roomUtc(room);
      const flags = alarms.add(reading, pauseIsRight(room.state.value.bystander.cpr, utc));
      setSeen({ reading, flags });
      reporter.add(reading, flags, utc);
    };
    worker.addEventListener('message', ({ data: { reading } }: MessageEvent<FromWorker>) => {
      take(reading, STANDS_STILL_MS);
    });
    const stop = grabFrames(measured, (frame) => {
      worker.postMessage({ frame } satisfies ToWorker);
    });
    return () => {
      stop();
      worker.terminate();
      clearTimeout(timer);
      reporter.close();
      setSeen(undefined);
    };
  }, [measured, room, session]);
  return { measuring, reading: seen?.reading, flags: seen?.flags ?? NO_FLAGS, limits, pulls, pull: setPulls };
}

/** Lets the newest rate lead the metronome; without one, also for want of a picture, it goes back to 110. */
function usePull(on: boolean, rate: number | null): void {
  const { session, state } = useRoom();
  const newest = useRef(rate);
  newest.current = rate;
  useEffect(() => {
    if (!on) return undefined;
    const kept: { sureAtMs?: number; changedAtMs?: number } = {};
    const step = () => {
      const { metronome } = state.value.bystander;
      if (metronome?.on !== true) return;
      const nowMs = performance.now();
      if (newest.current !== null) kept.sureAtMs = nowMs;
      const grid = gridOf(metronome);
      const breathsLeftMs = grid ? breathsLeft(grid, session.roomTime) : 0;
      const next = pulledRate({ nowMs, rate: newest.current, metronome, breathsLeftMs, ...kept });
      if (next === undefined) return;
      kept.changedAtMs = nowMs;
      const set = { on: true, rate: next, mode: metronome.mode, source: 'measured' } as const;
      quietly(act(() => session.request('metronome.set', set)));
    };
    const timer = setInterval(step, EVERY_MS);
    return () => clearInterval(timer);
  }, [on, session, state]);
}
