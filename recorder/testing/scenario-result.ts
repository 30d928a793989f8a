/** What the scenario of a full disk prints. */
import * as z from 'zod/mini';
import { DISK_LEVELS } from '../../signaling/protocol/recorder.ts';

export const ScenarioResult = z.strictObject({
  /** Levels as they were told, in order, and how many rounds of packets had been sent. */
  levels: z.array(z.strictObject({ level: z.enum(DISK_LEVELS), round: z.int() })),
  alarms: z.array(z.string()),
  rounds: z.int(),
  /** Rounds whose packet stands in the journal, per SSRC. */
  kept: z.record(z.string(), z.array(z.int())),
  shedNotes: z.record(z.string(), z.array(z.string())),
  /** A recording that was asked for while there was no reserve. */
  refused: z.string(),
});
export type ScenarioResult = z.infer<typeof ScenarioResult>;
