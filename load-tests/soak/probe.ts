/**
 * Loaded before a service by `--import` under `--expose-gc`: at SIGUSR2 the process collects its garbage and writes what is left to the
 * file named in its environment, with a number that grows each time, so that whoever asked knows that this is the answer.
 */
import { renameSync, writeFileSync } from 'node:fs';

export const PROBE_VARIABLE = 'SOAK_PROBE_FILE';

const file = process.env[PROBE_VARIABLE];
let asked = 0;
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    globalThis.gc?.();
    asked += 1;
    const { heapUsed, external } = process.memoryUsage();
    const kinds: Record<string, number> = {};
    for (const kind of process.getActiveResourcesInfo()) kinds[kind] = (kinds[kind] ?? 0) + 1;
    writeFileSync(`${file}.new`, JSON.stringify({ asked, heapUsed, external, kinds }));
    renameSync(`${file}.new`, file);
  });
}
