/** Answers of repeated commands, read back from the log. */
import * as z from 'zod/mini';
import { AppError } from '../../platform/errors.ts';
import { FACT_METHODS, isFactMethod } from '../protocol/methods.ts';
import { PatientId } from '../protocol/values.ts';
import type { RoomCommand, RoomCommandResult } from './commands.ts';
import type { KnownCommand } from './history.ts';
import type { Actor } from './types.ts';

const Nothing = z.strictObject({});
const MovedIn = z.strictObject({ patientId: PatientId });

/**
 * The first result of a command. Throws `conflict` when the id was used by another person or for another command: it
 * must not tell one person what another was answered.
 */
export function answerAgain<C extends RoomCommand>(
  command: C,
  actor: Actor,
  known: KnownCommand,
): RoomCommandResult<C> {
  if (known.command === command && known.actor === actor.principalId && isResult(command, known.result)) {
    return known.result;
  }
  throw new AppError('conflict', 'This commandId was used for another command in this room.', {
    status: 409,
    whatToDo: 'Make a new commandId for each new command; repeat one only for the very same command.',
    details: { command },
  });
}

function isResult<C extends RoomCommand>(command: C, result: unknown): result is RoomCommandResult<C> {
  if (isFactMethod(command)) return z.safeParse(FACT_METHODS[command].result, result).success;
  return z.safeParse(command === 'patient.moveIn' ? MovedIn : Nothing, result).success;
}
