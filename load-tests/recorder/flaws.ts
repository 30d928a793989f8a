/** What is judged of a recording after kills and power cuts, beside the milliseconds it lost. */
import type { Outcome } from './stopped-outcome.ts';

/** A promise is about what the recorder had read; packets are timed where they are sent, and are on their way for so long at most. */
const ON_THE_WAY_MS = 100;

/** Everything that may not be, in words; none when all is well. Losses in milliseconds are judged by the caller. */
export function flawsOf(outcome: Outcome): string[] {
  const { lostFacts, changedSegments, checkProblems, decoded, segments } = outcome;
  const { differences, findings, ownerProblems, packageState, whole, stops } = outcome;
  const broken = stops.filter(({ brokenPromiseMs }) => brokenPromiseMs > ON_THE_WAY_MS);
  return [
    ...(lostFacts > 0 ? [`${lostFacts} facts were lost`] : []),
    ...(changedSegments > 0 ? [`${changedSegments} segments were changed or lost`] : []),
    ...(decoded < segments ? [`${segments - decoded} segments do not play`] : []),
    ...(whole && packageState === 'sealed' ? [] : [`the package is ${packageState} and not whole`]),
    ...broken.map(({ how, brokenPromiseMs }) => `reported durable and gone (${how}): ${brokenPromiseMs} ms`),
    ...checkProblems.map((problem) => `check: ${problem}`),
    ...findings.map((finding) => `verify: ${finding}`),
    ...differences.map((difference) => `rebuild: ${difference}`),
    ...ownerProblems.map((problem) => `owner: ${problem}`),
  ];
}
