/** What the process of `--role all` and its recorder say to one another over the channel between them. */
import { z } from 'zod';
import { configSchema } from '../../platform/config/schema.ts';

/** What the parent sends first, and once. */
export const ChildOrder = z.strictObject({
  config: configSchema,
  secret: z.string().min(32),
  /** base64 */
  masterKey: z.string(),
  ready: z.boolean(),
});
export type ChildOrder = z.input<typeof ChildOrder>;

/** What the child answers when owners may connect. */
export const ChildReady = z.strictObject({ type: z.literal('recorder-ready'), port: z.int() });
export type ChildReady = z.infer<typeof ChildReady>;
