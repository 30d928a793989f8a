/** All benchmarks; a new one is entered here. */
import { bench as ceiling } from './ceiling.ts';
import { bench as core } from './core.ts';
import { bench as coreVariants } from './core-variants.ts';
import { bench as cost } from './cost.ts';
import { bench as join } from './join-peer.ts';
import { bench as r1 } from './r1-recorder-killed.ts';
import { bench as r2 } from './r2-worker-killed.ts';
import { bench as r5 } from './r5-signaling-killed.ts';
import { bench as r6 } from './r6-network.ts';
import { bench as r7 } from './r7-facts.ts';
import { bench as r10 } from './r10-completeness.ts';
import { bench as r11 } from './r11-verify.ts';
import { bench as r12 } from './r12-disk-full.ts';
import { bench as r13 } from './r13-soak.ts';
import { bench as r14 } from './r14-loss.ts';
import { bench as s1 } from './s1-packets.ts';
import { bench as s2 } from './s2-viewers.ts';
import { bench as s3 } from './s3-delay.ts';
import { bench as s4 } from './s4-pipe.ts';
import { bench as s5 } from './s5-join.ts';
import { bench as s6 } from './s6-bystander.ts';
import { bench as s7 } from './s7-uplink.ts';
import { bench as s8 } from './s8-stroke.ts';
import { bench as s9 } from './s9-marks.ts';
import { bench as s10 } from './s10-glass.ts';
import { bench as s11 } from './s11-recorder-cost.ts';
import { bench as s13 } from './s13-compressions.ts';
import { bench as still } from './still.ts';
import type { Bench } from './types.ts';

const SPEED = [s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s13];
const RELIABILITY = [r1, r2, r5, r6, r7, r10, r11, r12, r13, r14];
/** Beside the rows of the targets: what explains a figure, or compares with others. */
const BESIDE = [still, join, ceiling, core, coreVariants, cost];

export const BENCHES: readonly Bench[] = [...SPEED, ...RELIABILITY, ...BESIDE];
