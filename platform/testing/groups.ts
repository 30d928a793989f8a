/** The groups of tests, by what they need, in the order they run in. */
import { globSync } from 'node:fs';
import { findProgram, runProgram } from '../setup/run-program.ts';

export interface TestGroup {
  readonly name: string;
  readonly files: readonly string[];
  /** The program and arguments that mocha is run under; undefined where this machine cannot run the group. */
  readonly under: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
}

const folders = [
  'platform',
  'bin',
  'ar-annotations',
  'signaling',
  'sfu',
  'recorder',
  'integration',
  'clients',
  'load-tests',
];

/** Finds all test files of the project, relative to its folder, in a fixed order. */
export function findTestFiles(root: string): string[] {
  return globSync(`{${folders.join(',')}}/**/*.test.ts`, {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).sort();
}

/** Sorts files into groups: those without special needs, those in a network of their own, those with a browser. */
export async function groupTests(files: readonly string[]): Promise<TestGroup[]> {
  const isNetns = (file: string) => file.endsWith('.netns.test.ts');
  const isBrowser = (file: string) => file.endsWith('.browser.test.ts');
  const namespaced = files.filter(isNetns);
  return [
    { name: 'unit', files: files.filter((file) => !isNetns(file) && !isBrowser(file)), under: [], env: {} },
    {
      name: 'network',
      files: namespaced,
      under: namespaced.length === 0 ? [] : await namespacePrefix(),
      env: { GOLDENHOUR_NETNS: '1' },
    },
    { name: 'browser', files: files.filter(isBrowser), under: [], env: {} },
  ].filter((group) => group.files.length > 0);
}

/**
 * The command that runs another in a network namespace of its own, with loopback up: without privileges through a user
 * namespace, else as root.
 */
export async function namespacePrefix(): Promise<readonly string[] | undefined> {
  const unshare = findProgram('unshare');
  if (unshare === undefined || findProgram('ip') === undefined) return undefined;
  const prefix = (flags: readonly string[]) => [
    unshare,
    ...flags,
    'sh',
    '-c',
    'ip link set lo up && exec "$@"',
    'sh',
  ];
  for (const flags of [['-Urn'], ['-n']]) {
    const [program = '', ...args] = [...prefix(flags), 'true'];
    const { code } = await runProgram(program, args, { deadlineMs: 10_000 });
    if (code === 0) return prefix(flags);
  }
  return undefined;
}
