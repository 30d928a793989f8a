/** What a call with trouble on the recorder's disk prints. Times are milliseconds since its start. */
import { z } from 'zod';
import { DISK_LEVELS } from '../../signaling/protocol/recorder.ts';

const counts = z.record(z.string(), z.number()).readonly();
export const DiskTrouble = z.strictObject({
  levels: z.array(z.strictObject({ level: z.enum(DISK_LEVELS), ms: z.number() })).readonly(),
  alarms: z.array(z.strictObject({ code: z.string(), trackId: z.string(), ms: z.number() })).readonly(),
  /** Notes in the journals: what was given up, and when. */
  shed: z.array(z.strictObject({ trackId: z.string(), level: z.string(), ms: z.number() })).readonly(),
  /** Packets missing within the journal before the disk was full, by track. */
  holes: counts,
  /** Packets in the journal, by track. */
  kept: counts,
  /** Packets that did not reach the viewer's side at once, undisturbed and with trouble; most come again by retransmission. */
  calmRepaired: z.number(),
  troubleRepaired: z.number(),
  /** Of sources with one encoding, from the first that the viewer saw: packets sent, and seen by the viewer. */
  sent: z.number(),
  seen: z.number(),
  /** Longest wait of the viewer for a packet in each second and source, undisturbed and with trouble. */
  calmWaitsMs: z.array(z.number()).readonly(),
  troubleWaitsMs: z.array(z.number()).readonly(),
  /** How long nothing could be written, in milliseconds. */
  fullFor: z.number(),
  /** The recorder's process is the one it was. */
  sameProcess: z.boolean(),
  packageState: z.string(),
});
export type DiskTrouble = z.infer<typeof DiskTrouble>;
