/** Runs scenarios one after the other and prints what was checked. */

import { GENERATOR_CORE } from '../bot/fleet.ts';
import { busyBetween, readCores } from '../measuring/cores.ts';
import { voidReason } from '../measuring/void.ts';
import type { SplitStack } from '../stack/split.ts';
import { scenario as consultHour } from './consult-hour.ts';
import { chatFlood, markFlood } from './floods.ts';
import { scenario as joinStorm } from './join-storm.ts';
import { scenario as largeRoom } from './large-room.ts';
import { scenario as manyRooms } from './many-rooms.ts';
import { scenario as reconnectStorm } from './reconnect-storm.ts';
import { scenario as recorderLoad } from './recorder-load.ts';
import { tableOf } from './rows.ts';
import { Scene, SYSTEM_CORE } from './scene.ts';
import type { Outcome, Scenario, Wishes } from './types.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...[joinStorm, consultHour, manyRooms, largeRoom],
  ...[reconnectStorm, markFlood, chatFlood, recorderLoad],
];

/** Runs one, on a stack of its own unless one is given. Rejects when it could not be run to its end. */
export async function runScenario(
  scenario: Scenario,
  wished: Partial<Wishes> = {},
  stack?: SplitStack,
): Promise<Outcome> {
  const wishes: Wishes = { ...scenario.usual, seed: 1, ...wished };
  const scene = await Scene.open(scenario, wishes, stack);
  try {
    const before = await readCores();
    const rows = await scenario.run(scene, wishes);
    const busy = busyBetween(before, await readCores());
    const generatorCore = Math.round(busy[GENERATOR_CORE] ?? 0);
    const invalid = voidReason({ generatorCore });
    return {
      id: scenario.id,
      ...wishes,
      rows,
      generatorCore,
      systemCore: Math.round(busy[SYSTEM_CORE] ?? generatorCore),
      ok: rows.every(({ ok, timed }) => ok !== false || (timed && invalid !== undefined)),
      ...(invalid === undefined ? {} : { invalid }),
    };
  } finally {
    await scene.close();
  }
}

/** Prints each as it ends; answers the exit code: 0 when all promises were kept and every run was valid, else 1. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  wished: Partial<Wishes>,
  json: boolean,
): Promise<number> {
  let code = 0;
  for (const scenario of scenarios) {
    const outcome = await runScenario(scenario, wished);
    process.stdout.write(json ? `${JSON.stringify(outcome)}\n` : textOf(outcome));
    if (!outcome.ok || outcome.invalid !== undefined) code = 1;
  }
  return code;
}

function textOf({ id, bots, minutes, seed, rows, generatorCore, systemCore, invalid }: Outcome): string {
  const head = `${id}: ${bots} bots, ${minutes} minutes, seed ${seed}\n`;
  const cores = `    core of the bots ${generatorCore} % busy, core of the system ${systemCore} %\n`;
  const doubt =
    invalid === undefined
      ? ''
      : `  The times say nothing, because ${invalid}. Try fewer bots, or a quieter machine.\n`;
  return `${head}${tableOf(rows)}${cores}${doubt}`;
}
