/** What a process of bots is asked and what it answers (`fleet.ts` asks, `process.ts` answers). */
import { z } from 'zod';
import { Role } from '../../signaling/protocol/roles.ts';

const Count = z.int().gte(0);
const Times = z.array(z.number());
const Tally = z.record(z.string(), Count);

export const PublishPlan = z.strictObject({
  /** Size and rate of the made picture; absent: none. Sizes are even. */
  video: z.strictObject({ width: z.int(), height: z.int(), fps: z.number().positive() }).optional(),
  audio: z.boolean().optional(),
});
export type PublishPlan = z.infer<typeof PublishPlan>;

export const JoinPlan = z.strictObject({
  role: z.optional(Role),
  /** Asks for every picture in this size, in device pixels; 0 asks for none. Default 320 × 180. */
  view: z.strictObject({ width: z.int(), height: z.int() }).optional(),
});
export type JoinPlan = z.infer<typeof JoinPlan>;

/** Acts at a rate that does not wait for answers, so that a slow server is not spared. */
export const FloodPlan = z.strictObject({
  what: z.enum(['chat', 'strokes']),
  perSecond: z.number().positive(),
  seconds: z.number().positive(),
  /** The picture that strokes are drawn on. */
  producerId: z.string().optional(),
});
export type FloodPlan = z.infer<typeof FloodPlan>;

export const Flooded = z.strictObject({
  /** Messages or marks that were acknowledged. */
  ids: z.array(z.string()),
  failed: Count,
  /** How long after its time each act was begun, in milliseconds. */
  lateMs: Times,
});
export type Flooded = z.infer<typeof Flooded>;

export const SightCounts = z.strictObject({
  /** Decoded frames and the number of pictures they came from. */
  frames: Count,
  pictures: Count,
  /** Blocks of 10 ms of decoded sound. */
  sounds: Count,
  /** From `join()` to the first decoded frame, in milliseconds. */
  firstFrameMs: z.number().optional(),
  /** The longest time between two frames of one picture, the running one included, in milliseconds. */
  longestGapMs: z.number(),
  /** Lines of the newest frame. */
  height: Count,
  sentFrames: Count,
});
export type SightCounts = z.infer<typeof SightCounts>;

export const LogCounts = z.strictObject({
  /** Highest number seen. */
  last: Count,
  /** Entries pushed, and entries that came as the tail of a join. */
  pushed: Count,
  caughtUp: Count,
  snapshots: Count,
  /** Pushed although it had come before on the same connection. */
  repeats: Count,
  /** Pushed after a later one. */
  reordered: Count,
  /** Pushed past one or more that had not come. */
  holes: Count,
  /** Up to `last`: neither came nor was covered by a snapshot. */
  missing: Count,
  /** The same number came with other contents. */
  changed: Count,
});
export type LogCounts = z.infer<typeof LogCounts>;

export const BotCounts = z.strictObject({
  ...LogCounts.shape,
  name: z.string(),
  joinMs: z.number().optional(),
  status: z.string(),
  connections: Count,
  requests: Count,
  /** Acts that were acknowledged, and those that failed for good, by code. */
  acts: Count,
  errors: Tally,
  /** What the SDK mended by itself, for logs. */
  warnings: Tally,
  /** From an act to its acknowledgement, in milliseconds. */
  ackMs: Times,
  /** From a cut to being joined again. */
  backMs: Times,
  /** From the making of a message or mark to its arrival here. */
  heardMs: Times,
  /** Tracks that the room says are being recorded, and how far behind now the least safe one is, in milliseconds. */
  recorded: z.strictObject({ tracks: Count, behindMs: z.number() }),
  sight: SightCounts.optional(),
});
export type BotCounts = z.infer<typeof BotCounts>;

const bot = z.string();
export const Order = z.discriminatedUnion('order', [
  z.strictObject({
    order: z.literal('open'),
    bot,
    pass: z.strictObject({ origin: z.string(), cookie: z.string() }),
    media: z.boolean(),
  }),
  z.strictObject({ order: z.literal('join'), bot, roomId: z.string(), plan: JoinPlan }),
  z.strictObject({ order: z.literal('publish'), bot, plan: PublishPlan }),
  z.strictObject({
    order: z.literal('chat'),
    bot,
    text: z.string(),
    to: z.enum(['room', 'staff', 'clinical', 'bystanders']),
  }),
  z.strictObject({ order: z.literal('flood'), bot, plan: FloodPlan }),
  z.strictObject({ order: z.literal('cut'), bot }),
  z.strictObject({ order: z.literal('reaches'), bot, seq: Count, waitMs: z.number() }),
  z.strictObject({ order: z.literal('counts'), bot }),
  /** In how many entries each of these messages and marks stood. */
  z.strictObject({ order: z.literal('times'), bot, ids: z.array(z.string()) }),
  z.strictObject({ order: z.literal('close'), bot }),
  z.strictObject({ order: z.literal('vanish'), bot }),
]);
export type Order = z.infer<typeof Order>;
