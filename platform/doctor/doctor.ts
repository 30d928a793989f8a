/** Runs all checks and makes their report. */
import { readFile } from 'node:fs/promises';
import { availableParallelism, homedir, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { publicConfig } from '../config/public.ts';
import { withDeadline } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import { readFetched } from '../setup/fetched.ts';
import { buffersCheck } from './buffers.ts';
import type { Check, CheckResult, DoctorContext, Status } from './check.ts';
import { clockCheck, diskCheck, machineCheck } from './machine.ts';
import { addressesCheck, certificateCheck, portsCheck } from './network.ts';
import { browserCheck, databaseCheck, ffmpegCheck, librariesCheck, workerCheck } from './programs.ts';

const checkDeadlineMs = 60_000;

export function allChecks(context: DoctorContext): Check[] {
  return [
    machineCheck,
    clockCheck,
    diskCheck(context),
    addressesCheck,
    buffersCheck(),
    portsCheck(context),
    librariesCheck(context),
    workerCheck(context),
    ffmpegCheck(context),
    browserCheck,
    databaseCheck(context),
    certificateCheck(context),
  ];
}

/** Runs checks one after the other, so that none disturbs another; one that throws has failed. */
export async function runChecks(
  checks: readonly Check[],
  onResult: (result: CheckResult) => void = () => undefined,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = { title: check.title, ...(await runCheck(check)) };
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runCheck(check: Check) {
  try {
    return await withDeadline(check.run(), checkDeadlineMs, `the check of ${check.title}`);
  } catch (error) {
    return {
      status: 'fail',
      found: messageOf(error),
      whatToDo: 'Send the support file ("goldenhour doctor --report FILE").',
    } as const;
  }
}

const marks: Record<Status, string> = { ok: ' ok ', warn: 'WARN', fail: 'FAIL' };

/** One result as lines for the terminal. */
export function toText({ title, status, found, whatToDo }: CheckResult): string {
  const line = `${marks[status]}  ${title}: ${found}\n`;
  return whatToDo === undefined ? line : `${line}      what to do: ${whatToDo}\n`;
}

export function worst(results: readonly CheckResult[]): Status {
  if (results.some(({ status }) => status === 'fail')) return 'fail';
  return results.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
}

/**
 * Writes the support file: checks, versions, the configuration without secrets, what was fetched. It is made of named
 * facts only and reads neither the database nor any log or recording, so that it cannot hold patient data.
 */
export async function writeReport(
  file: string,
  context: DoctorContext,
  results: readonly CheckResult[],
): Promise<void> {
  const description = await readFile(join(context.root, 'package.json'), 'utf8');
  const report = {
    madeAt: new Date().toISOString(),
    version: /"version":\s*"([^"]+)"/.exec(description)?.[1] ?? 'unknown',
    machine: {
      system: `${process.platform} ${process.arch} ${release()}`,
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      node: process.versions.node,
    },
    checks: results,
    configuration: publicConfig(context.config),
    fetched: await readFetched(context.cache),
  };
  // The name of an account can be a person's.
  const text = JSON.stringify(report, null, 2).replaceAll(homedir(), '~');
  await writeAtomically(file, `${text}\n`, 0o600);
}
