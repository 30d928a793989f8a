/** The last stop of errors in programs that a person started. */
import { AppError, isAppError } from './errors.ts';

/** Runs a program to its exit code; an error is printed with its code and what to do. 2: not understood, 1: failed. */
export async function runToExitCode(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    printError(error);
    return isAppError(error, 'usage') || isAppError(error, 'config-invalid') ? 2 : 1;
  }
}

function printError(error: unknown): void {
  if (!(error instanceof AppError)) {
    process.stderr.write(
      `goldenhour: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return;
  }
  process.stderr.write(`goldenhour: ${error.message}\n  code: ${error.code}\n`);
  if (error.whatToDo !== undefined) process.stderr.write(`  what to do: ${error.whatToDo}\n`);
}
