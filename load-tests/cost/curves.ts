/** From readings to curves, and from curves to what one more of each costs. */
import type { Axis, Costs, Curve, UnitCosts } from './costs.ts';
import { fitCurve } from './fit.ts';
import type { Figure, Measured, Reading } from './measure.ts';
import { RATES } from './media-cost.ts';
import { TRACK_MBIT } from './recorder-cost.ts';

const OF: Readonly<Record<Axis, string>> = {
  viewers: 'viewers of one 4K stream of 20 Mbit/s',
  publishers: '1080p streams of 4 Mbit/s that nobody watches',
  rooms: 'rooms with one 1080p stream and sound for three viewers',
  marks: 'marks a second, drawn by three in a room of four',
  replay: 'facts in the room that is taken over',
  joins: 'facts in the room that is joined',
  recordings: '1080p tracks of 4 Mbit/s recorded at once',
};

/** Which figure of which axis is fitted, and how it is called. */
const FIGURES: readonly (readonly [Axis, Figure, figure: string, unit: string, hasIdle: boolean])[] = [
  ['viewers', 'processor', 'processor of the media worker', '% of a core', true],
  ['viewers', 'memory', 'memory of the media worker', 'MB', true],
  ['viewers', 'bandwidth', 'sent to the viewers', 'Mbit/s', false],
  ['publishers', 'processor', 'processor of the media worker', '% of a core', true],
  ['publishers', 'memory', 'memory of the media worker', 'MB', true],
  ['rooms', 'processor', 'processor of the media worker', '% of a core', true],
  ['rooms', 'memory', 'memory of the media worker', 'MB', true],
  ['rooms', 'bandwidth', 'sent to the viewers', 'Mbit/s', false],
  ['marks', 'processor', 'processor of the signaling process', '% of a core', true],
  ['replay', 'processor', 'processor time to take the room over', 'ms', false],
  ['joins', 'processor', 'processor time of the signaling process for a join', 'ms', false],
  ['recordings', 'processor', 'processor of the recorder and what it starts', '% of a core', true],
  ['recordings', 'memory', 'memory of the recorder', 'MB', true],
];

export function curvesOf(readings: readonly Reading[]): Curve[] {
  return FIGURES.map(([axis, figure, name, unit, hasIdle]) => {
    const found = readings.filter((reading) => reading.axis === axis && reading.figure === figure);
    const idle = hasIdle ? idleOf(found) : 0;
    const samples = found.map(({ x, y }) => ({ x, y: y - idle }));
    const { coefficients, intervals, r2, residuals } = fitCurve(samples);
    return {
      ...{ axis, of: OF[axis], figure: name, unit },
      ...(hasIdle ? { idle: round(idle) } : {}),
      points: samples.map(({ x, y }): [number, number] => [round(x), round(y)]),
      coefficients: coefficients.map(round),
      intervals: intervals.map(([least, most]): [number, number] => [round(least), round(most)]),
      r2: round(r2),
      residuals: residuals.map(round),
    };
  });
}

/** Mean of what was measured with nothing to do. */
function idleOf(readings: readonly Reading[]): number {
  const idle = readings.filter(({ x }) => x === 0);
  return idle.reduce((sum, { y }) => sum + y, 0) / Math.max(1, idle.length);
}

/** Four digits are more than any of it is known to. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** What one more of each costs. Slopes below zero, which noise makes, count as nothing. */
export function unitCosts({ readings, factBytes }: Measured): UnitCosts {
  const curves = curvesOf(readings);
  const curve = (axis: Axis, figure: string) => {
    const found = curves.find((each) => each.axis === axis && each.figure.startsWith(figure));
    if (!found) throw new Error(`no curve ${axis} ${figure}`);
    return found;
  };
  const idle = (axis: Axis, figure: string) => Math.max(0, curve(axis, figure).idle ?? 0);
  const joins = curve('joins', 'processor');
  return {
    packetInMicros: (slope(curve('publishers', 'processor')) * 1e4) / RATES.hd.packetsPerSecond,
    packetOutMicros: packetOutMicros(readings),
    workerIdleCore: Math.max(0, idleOfPublishers(readings)) / 100,
    workerIdleBytes: idle('publishers', 'memory') * 1e6,
    viewerBytes: slope(curve('viewers', 'memory')) * 1e6,
    markMs: slope(curve('marks', 'processor')) * 10,
    joinMs: Math.max(0, meanAt(joins, 100)),
    replayMsPerFact: slope(curve('replay', 'processor')),
    signalingIdleCore: idle('marks', 'processor') / 100,
    signalingIdleBytes: idleOf(readings.filter((r) => r.axis === 'marks' && r.figure === 'memory')) * 1e6,
    factBytes,
    recorderCorePerMbit: slope(curve('recordings', 'processor')) / 100 / TRACK_MBIT,
    recorderBytesPerTrack: slope(curve('recordings', 'memory')) * 1e6,
    recorderIdleCore: idle('recordings', 'processor') / 100,
    recorderIdleBytes: idle('recordings', 'memory') * 1e6,
  };
}

/** How steep a curve is between its ends: of a parabola the mean of its slope. */
function slope({ coefficients, points }: Pick<Curve, 'coefficients' | 'points'>): number {
  const [, linear = 0, bend = 0] = coefficients;
  const end = Math.max(...points.map(([x]) => x));
  return Math.max(0, linear + bend * end);
}

/** Against the packets that really left: one that a busy machine lost costs less than one that was sent. */
function packetOutMicros(readings: readonly Reading[]): number {
  const along = (figure: Figure) =>
    readings.filter((reading) => reading.axis === 'viewers' && reading.figure === figure);
  const packets = along('packets');
  // Readings of one point stand in the same place of both.
  const samples = along('processor').map(({ y }, at) => ({ x: packets[at]?.y ?? 0, y }));
  return Math.max(0, (fitCurve(samples).coefficients[1] ?? 0) * 1e4);
}

function meanAt({ coefficients }: Curve, x: number): number {
  return coefficients.reduce((sum, coefficient, power) => sum + coefficient * x ** power, 0);
}

/** A worker with one room that nobody sends to. */
function idleOfPublishers(readings: readonly Reading[]): number {
  return idleOf(readings.filter(({ axis, figure }) => axis === 'publishers' && figure === 'processor'));
}

/** How far the rooms are from what viewers and publishers alone foretell: 1 is exactly as foretold. */
export function roomsAgainstForecast({ unit, curves }: Pick<Costs, 'unit' | 'curves'>): number {
  const rooms = curves.find(({ axis, unit: of }) => axis === 'rooms' && of === '% of a core');
  if (!rooms) return Number.NaN;
  const perSecond = RATES.hd.packetsPerSecond + RATES.sound.packetsPerSecond;
  const foretold = (perSecond * (unit.packetInMicros + 3 * unit.packetOutMicros)) / 1e4;
  return slope(rooms) / foretold;
}
