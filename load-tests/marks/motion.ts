/** How heads, hands and patients move: functions of time in seconds, the same for the same random numbers. */
import type { Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import { between, type Random, wander } from '../cpr/random.ts';
import { type CameraPose, FOCAL, USUAL } from './camera.ts';
import type { Light } from './scene.ts';

export type CameraMotion = (seconds: number) => CameraPose;

/** Deviations of each kind of movement: shifts in units, turns in radians, and how often a second it may turn round. */
export interface Wandering {
  readonly shift?: number;
  readonly near?: number;
  readonly turn?: number;
  readonly roll?: number;
  readonly hz?: number;
}

/** Begins and stays near the usual place: nobody marks what is at the edge of the view. */
export function headMotion(
  random: Random,
  { shift = 0, near = 0, turn = 0, roll = 0, hz = 0.6 }: Wandering,
): CameraMotion {
  const of = (deviation: number) => wander(random, deviation, hz);
  const [x, y, z, yaw, pitch, tilt] = [
    of(shift),
    of(shift * 0.6),
    of(near),
    of(turn),
    of(turn * 0.6),
    of(roll),
  ];
  const tremble = [wander(random, 0.002, 6), wander(random, 0.002, 6), wander(random, 0.003, 4)];
  const [tx, ty, tr] = tremble;
  return (s) => ({
    x: x(s) - x(0) + (tx?.(s) ?? 0),
    y: y(s) - y(0) + (ty?.(s) ?? 0),
    z: -FOCAL * Math.exp(Math.max(-0.55, Math.min(0.55, z(s) - z(0)))),
    yaw: yaw(s) - yaw(0),
    pitch: pitch(s) - pitch(0),
    roll: tilt(s) - tilt(0) + (tr?.(s) ?? 0),
  });
}

/** Walks round the patient while looking at the same place, so that the plane tilts by up to `most` radians. */
export function orbit(random: Random, most: number): CameraMotion {
  const yaw = wander(random, most / 1.6, 0.35);
  const pitch = wander(random, most / 2.4, 0.35);
  const limit = (value: number) => Math.max(-most, Math.min(most, value));
  return (s) => {
    const a = limit(yaw(s) - yaw(0));
    const b = limit(pitch(s) - pitch(0));
    return {
      x: -FOCAL * Math.sin(a) * Math.cos(b),
      y: -FOCAL * Math.sin(b),
      z: -FOCAL * Math.cos(a) * Math.cos(b),
      yaw: a,
      pitch: b,
      roll: 0,
    };
  };
}

/** 0 before `from`, 1 after `until`, without a jerk between (a head turns so: Hogan 1984, minimum jerk). */
export function eased(seconds: number, from: number, until: number): number {
  const t = Math.max(0, Math.min(1, (seconds - from) / (until - from)));
  return t * t * t * (t * (6 * t - 15) + 10);
}

/** 1 between the two times, 0 outside, with an easing of `ramp` seconds at each end. */
export function during(seconds: number, from: number, until: number, ramp: number): number {
  return eased(seconds, from, from + ramp) * (1 - eased(seconds, until - ramp, until));
}

/** Looks away for a while and comes back to about the same view. */
export function lookAway(
  inner: CameraMotion,
  from: number,
  until: number,
  yaw: number,
  pitch: number,
): CameraMotion {
  return (s) => {
    const pose = inner(s);
    const away = during(s, from, until, 0.45);
    return { ...pose, yaw: pose.yaw + away * yaw, pitch: pose.pitch + away * pitch };
  };
}

/** A few quick turns of the head, each held for a while. */
export function withGlances(inner: CameraMotion, random: Random, seconds: number): CameraMotion {
  const glances = Array.from({ length: 3 }, (_, i) => ({
    from: 1 + (i * (seconds - 2)) / 3 + random(),
    ramp: between(random, 0.25, 0.45),
    yaw: between(random, -0.24, 0.24),
    pitch: between(random, -0.1, 0.1),
  }));
  return (s) => {
    const pose = inner(s);
    let { yaw, pitch } = pose;
    for (const glance of glances) {
      const share = during(s, glance.from, glance.from + 1.1, glance.ramp);
      yaw += share * glance.yaw;
      pitch += share * glance.pitch;
    }
    return { ...pose, yaw, pitch };
  };
}

export const STILL: CameraMotion = () => USUAL;

/** A movement within a plane: shifted by x, y, turned about its own middle. */
export function placed(x: number, y: number, turn = 0, size = 1): Matrix3 {
  const c = Math.cos(turn) * size;
  const s = Math.sin(turn) * size;
  return [c, -s, x, s, c, y, 0, 0, 1];
}

export const EVEN_LIGHT = (): Light => ({ gain: 1, offset: 0, across: 0, down: 0 });

/** Brighter and darker by `most` (a share), unevenly, with a jump such as of a switched lamp. */
export function changingLight(random: Random, most: number): (seconds: number) => Light {
  const gain = wander(random, most / 2, 0.8);
  const across = wander(random, most / 2, 0.5);
  const down = wander(random, most / 3, 0.5);
  const jumpAt = between(random, 2.5, 4.5);
  const jump = random() < 0.5 ? -most * 0.6 : most * 0.5;
  return (s) => ({
    gain: Math.max(0.35, Math.min(1.7, 1 + gain(s) - gain(0) + (s > jumpAt ? jump : 0))),
    offset: 0,
    across: across(s) - across(0),
    down: down(s) - down(0),
  });
}
