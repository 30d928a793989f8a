/** `goldenhour doctor`: checks the machine and says what to do. */
import { resolve } from 'node:path';
import { cacheRoot } from '../../platform/setup/bring-node.mjs';
import { projectRoot } from '../../platform/setup/index.ts';
import type { Command } from '../command.ts';

const help = `Usage: goldenhour doctor [--json] [--report [FILE]] [options of the configuration]

Checks machine, clock, disk, addresses, ports, libraries, worker, ffmpeg, browser, database and certificate, each with
"ok", "WARN" or "FAIL" and what to do about it. The exit code is 1 when something failed, else 0.

  --json           print the results as one JSON object
  --report [FILE]  also write a support file, without secrets and without patient data; goldenhour-support.json here
                   unless told
  --config FILE    check for this configuration; any option can be given as --PATH VALUE
`;

const SUPPORT_FILE = 'goldenhour-support.json';

interface DoctorArgs {
  readonly json: boolean;
  readonly report: string | undefined;
  readonly options: readonly string[];
}

function parse(args: readonly string[]): DoctorArgs {
  const options = [...args];
  const jsonAt = options.indexOf('--json');
  if (jsonAt !== -1) options.splice(jsonAt, 1);
  const reportAt = options.indexOf('--report');
  const named = reportAt === -1 ? undefined : options[reportAt + 1];
  const given = named !== undefined && !named.startsWith('--');
  if (reportAt !== -1) options.splice(reportAt, given ? 2 : 1);
  const report = reportAt === -1 ? undefined : given ? named : SUPPORT_FILE;
  return { json: jsonAt !== -1, report, options };
}

async function run(args: readonly string[]): Promise<number> {
  const { json, report, options } = parse(args);
  const { loadConfig } = await import('../../platform/config/load.ts');
  const { allChecks, runChecks, toText, worst, writeReport } = await import(
    '../../platform/doctor/doctor.ts'
  );
  const context = { root: projectRoot, cache: cacheRoot(), config: loadConfig({ args: options }) };
  const results = await runChecks(allChecks(context), (result) => {
    if (!json) process.stdout.write(toText(result));
  });
  const status = worst(results);
  if (json) process.stdout.write(`${JSON.stringify({ status, checks: results }, null, 2)}\n`);
  if (report !== undefined) {
    await writeReport(resolve(report), context, results);
    process.stderr.write(`The support file is ${resolve(report)}.\n`);
  }
  return status === 'fail' ? 1 : 0;
}

export const doctorCommand: Command = {
  summary: 'check this machine and say what to do',
  help,
  setup: 'base',
  run,
};
