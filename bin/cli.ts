/** Finds the command, sets up what it needs, and runs it. */
import { setUp } from '../platform/setup/index.ts';
import { runToExitCode } from '../platform/terminal.ts';
import type { Command } from './command.ts';
import { auditCommand } from './commands/audit.ts';
import { benchCommand } from './commands/bench.ts';
import { chaosCommand } from './commands/chaos.ts';
import { configCommand } from './commands/config.ts';
import { cprCheckCommand } from './commands/cpr-check.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { guidanceCommand } from './commands/guidance.ts';
import { keysCommand } from './commands/keys.ts';
import { loadCommand } from './commands/load.ts';
import { measureCheckCommand } from './commands/measure-check.ts';
import { organisationCommand } from './commands/organisation.ts';
import { placeCommand } from './commands/place.ts';
import { planCommand } from './commands/plan.ts';
import { serviceCommand } from './commands/service.ts';
import { setupCommand } from './commands/setup.ts';
import { soakCommand } from './commands/soak.ts';
import { startCommand } from './commands/start.ts';
import { testCommand } from './commands/test.ts';
import { unitCommand } from './commands/unit.ts';
import { userCommand } from './commands/user.ts';
import { verifyCommand } from './commands/verify.ts';
import { volunteerCommand } from './commands/volunteer.ts';

/** All commands, in the order of the help. */
export const commands: ReadonlyMap<string, Command> = new Map([
  ['start', startCommand],
  ['demo', demoCommand],
  ['user', userCommand],
  ['unit', unitCommand],
  ['organisation', organisationCommand],
  ['guidance', guidanceCommand],
  ['volunteer', volunteerCommand],
  ['place', placeCommand],
  ['service', serviceCommand],
  ['verify', verifyCommand],
  ['export', exportCommand],
  ['keys', keysCommand],
  ['audit', auditCommand],
  ['cpr-check', cprCheckCommand],
  ['measure-check', measureCheckCommand],
  ['doctor', doctorCommand],
  ['bench', benchCommand],
  ['load', loadCommand],
  ['chaos', chaosCommand],
  ['soak', soakCommand],
  ['plan', planCommand],
  ['config', configCommand],
  ['setup', setupCommand],
  ['test', testCommand],
]);

/**
 * Runs `goldenhour ARGS…` and returns the exit code: 0 done, 1 failed, 2 not understood.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  const command = commands.get(name);
  if (command === undefined) {
    process.stderr.write(`${overview()}\ngoldenhour: there is no command "${name}".\n`);
    return 2;
  }
  if (asksForHelp(rest)) {
    process.stdout.write(command.help);
    return 0;
  }
  return runToExitCode(async () => {
    if (command.setup !== 'none') {
      await setUp({ profile: command.setup, settingsArgs: command.takesOptions ? rest : [] });
    }
    return command.run(rest);
  });
}

/** Arguments behind `--` belong to another program. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  return own.includes('--help') || own.includes('-h');
}

function overview(): string {
  const width = Math.max(...[...commands.keys()].map((name) => name.length));
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `GoldenHour: realtime media service of an emergency-care system

Usage: goldenhour COMMAND [options]

${lines.join('\n')}

"goldenhour COMMAND --help" explains one of them.
`;
}

// As in main.ts: a signal that comes while Node ends by itself would turn a good end into a kill.
if (import.meta.main) process.exit(await runCli(process.argv.slice(2)));
