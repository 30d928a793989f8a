/** All benchmarks; a new one is entered here. */
import { bench as r1 } from './r1-recorder-killed.ts';
import { bench as r2 } from './r2-worker-killed.ts';
import { bench as r5 } from './r5-signaling-killed.ts';
import { bench as r6 } from './r6-network.ts';
import { bench as r10 } from './r10-completeness.ts';
import { bench as r11 } from './r11-verify.ts';
import { bench as r12 } from './r12-disk-full.ts';
import { bench as s5 } from './s5-join.ts';
import { bench as s6 } from './s6-bystander.ts';
import { bench as s8 } from './s8-stroke.ts';
import { bench as s9 } from './s9-marks.ts';
import { bench as s11 } from './s11-recorder-cost.ts';
import { bench as s13 } from './s13-compressions.ts';
import { bench as still } from './still.ts';
import type { Bench } from './types.ts';

export const BENCHES: readonly Bench[] = [s5, s6, s8, s9, s11, s13, still, r1, r2, r5, r6, r10, r11, r12];
