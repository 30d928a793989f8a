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

/** Prints an error the way a person needs it: what happened, its code, what to do; the inside only where nobody coded it. */
export function printError(
  error: unknown,
  print: (text: string) => void = (text) => process.stderr.write(text),
): void {
  if (!(error instanceof AppError)) {
    print(`goldenhour: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return;
  }
  print(`goldenhour: ${error.message}\n  code: ${error.code}\n`);
  if (error.whatToDo !== undefined) print(`  what to do: ${error.whatToDo}\n`);
}
