/** What the recorder owes: every fact once and in order, a sealed package that verifies and plays, and a word about a full disk. */
import { type Facts, linesOf, type Violation } from './facts.ts';
import type { LineOf } from './history.ts';

/** A disk that was full for less than this may have been free again before anyone looked, in milliseconds. */
const NOTICED_MS = 2_000;
/** An alarm may come this long after the disk is free again, in milliseconds. */
const LATE_MS = 3_000;

export function checkRecorder(facts: Facts): Violation[] {
  return [
    ...linesOf(facts.lines, 'package').flatMap((each) => [...checkFacts(each, facts), ...checkPackage(each)]),
    ...checkAlarms(facts),
  ];
}

function checkFacts({ room, seqs }: LineOf<'package'>, { logs }: Facts): Violation[] {
  const log = logs.get(room);
  if (!log) return [];
  // The recorder is handed facts up to its own end; what closes its own recording may follow in the log.
  const expected = log.entries.slice(0, Math.max(seqs.at(-1) ?? 0, endOf(log)));
  const wrong = expected.findIndex(({ seq }, index) => seqs[index] !== seq);
  if (wrong === -1 && seqs.length <= log.entries.length) return [];
  const what =
    wrong === -1
      ? `the recorder has ${seqs.length} facts of ${room}, and the log ${log.entries.length}`
      : `the recorder has ${seqs[wrong] ?? 'nothing'} where fact ${expected[wrong]?.seq} of ${room} belongs`;
  return [{ promise: 'recorder-facts', what, shown: [`${room}#${expected[wrong]?.seq ?? seqs.length}`] }];
}

/** The last fact that was a command of a client: all of them were stated while the recording ran. */
function endOf({ entries }: LineOf<'log'>): number {
  return entries.findLast(({ commandId }) => commandId !== undefined)?.seq ?? 0;
}

function checkPackage({ room, state, findings, segments, undecoded }: LineOf<'package'>): Violation[] {
  const flaws = [
    ...(state === 'sealed' ? [] : [`the package of ${room} is ${state}`]),
    ...findings.map((finding) => `verify of ${room}: ${finding}`),
    ...(undecoded > 0 ? [`${undecoded} of ${segments} segments of ${room} do not play`] : []),
  ];
  return flaws.map((what) => ({ promise: 'recorder-package', what, shown: [room] }));
}

/** While a disk is full and something is recorded, somebody is told. */
function checkAlarms({ run, lines }: Facts): Violation[] {
  if (!run || linesOf(lines, 'package').length === 0) return [];
  const alarms = linesOf(lines, 'alarm');
  const told = linesOf(lines, 'fault');
  return run.schedule.flatMap((fault): Violation[] => {
    if (fault.kind !== 'disk') return [];
    const begin = told.find(({ n, what }) => n === fault.n && what === 'begin');
    const end = told.find(({ n, what }) => n === fault.n && what === 'end');
    if (!begin || !end || end.at - begin.at < NOTICED_MS) return [];
    if (alarms.some(({ at }) => at >= begin.at && at <= end.at + LATE_MS)) return [];
    const what = `nobody was told that the disk was full for ${Math.round(end.at - begin.at)} ms`;
    return [{ promise: 'alarm', what, shown: [`fault ${fault.n}`] }];
  });
}
