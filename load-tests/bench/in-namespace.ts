/** `node in-namespace.ts ID FILE RUNS PICTURES`: measures one benchmark in the network it is started in; the result goes into FILE. */
import { writeFile } from 'node:fs/promises';
import { AppError } from '../../platform/errors.ts';
import { runToExitCode } from '../../platform/terminal.ts';
import { BENCHES } from './benches.ts';
import { takeSignals } from './interrupt.ts';
import { measure } from './measure.ts';

async function run([id, file, runs, pictures]: readonly string[]): Promise<number> {
  const bench = BENCHES.find((each) => each.id === id);
  if (!bench || file === undefined) throw new AppError('usage', 'ID and FILE are needed.');
  const { signal } = takeSignals();
  const measured = await measure(bench, {
    signal,
    ...(runs ? { runs: Number(runs) } : {}),
    ...(pictures ? { pictures } : {}),
  });
  await writeFile(file, JSON.stringify(measured));
  return 0;
}

if (import.meta.main) process.exit(await runToExitCode(() => run(process.argv.slice(2))));
