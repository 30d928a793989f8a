/** Command ids of stories that need several commands: derived, so that repeating the story repeats each of them. */
import { createHash } from 'node:crypto';

/**
 * The id of one step of a larger command. The same command and step always give the same id, also after a restart,
 * so that every room answers a repeated step from its log.
 */
export function stepId(commandId: string, step: string): string {
  const digest = createHash('sha256').update(`${commandId}\n${step}`).digest('base64url');
  return `s${digest.slice(0, 40)}`;
}
