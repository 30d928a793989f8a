/** The rows of the targets: their order, and why some have no benchmark. */

/** A row of the targets without a figure. */
export interface Absent {
  readonly id: string;
  readonly target: string;
  readonly reason: string;
}

const SEVERAL_NODES = 'A room that spans several nodes is still to be built.';
const BY_TESTS = 'Held by tests, not by a benchmark.';
const NOT_YET = 'No figure yet.';

/** All rows of the targets in their words, made short: id, target, and why nothing measures it, where that is so. */
const ROWS: readonly (readonly [id: string, target: string, reason?: string])[] = [
  [
    'S1',
    'SRTP packets forwarded per worker core ≥ 150,000/s and ≥ 2 × Janus, no loss, p99 added delay < 5 ms',
  ],
  ['S2', 'viewers of one 4K 20 Mbit/s stream per core ≥ 70'],
  ['S3', 'added delay at 60 % of that load: p50 ≤ 0.3 ms, p99 ≤ 3 ms'],
  ['S4', 'extra delay through a pipe to a second node: p99 ≤ 2 ms'],
  ['S5', 'join: click to first decoded frame p95 ≤ 1.0 s at 50 ms round trip'],
  ['S6', 'bystander: tap on link to first frame, median ≤ 3 s, p95 ≤ 6 s on emulated 4G'],
  ['S7', 'uplink to 90 % of 12 Mbit/s on a 20 Mbit/s link ≤ 5 s; a 20→6→20 step'],
  ['S8', 'stroke point to the wearer’s view p95 ≤ 150 ms above half the round trip'],
  ['S9', 'mark placement: error ≤ 1 % of frame width, or faded ≤ 100 ms; wrong marks: 0'],
  ['S10', 'glass to glass, 720p, loopback: p50 ≤ 120 ms, p95 ≤ 200 ms'],
  ['S11', 'recorder per 4K 20 Mbit/s track: ≤ 5 % of a core, ≤ 60 MB'],
  [
    'S12',
    'page a specialist: their device rings ≤ 1 s; escalation at its set second ± 1 s',
    'Paging is still to be built.',
  ],
  ['S13', 'compression rate from video: mean error ≤ 3 /min'],
  ['R1', 'recorder killed, power lost: ≤ 1 s of media and 0 facts lost'],
  ['R2', 'media worker killed: media back p95 ≤ 2 s'],
  ['R3', 'node killed: media back on another node p95 ≤ 4 s', SEVERAL_NODES],
  ['R4', 'drain of a node with 20 rooms: no call dropped, visible gap ≤ 200 ms', SEVERAL_NODES],
  ['R5', 'signaling killed: media gap 0; full control back ≤ 3 s'],
  ['R6', 'network change, 5 s outage: media back p95 ≤ 2 s'],
  ['R7', 'facts lost, duplicated or reordered over 10,000 injected faults: 0 / 0 / 0'],
  [
    'R8',
    'Redis or PostgreSQL down 60 s: calls unharmed, all facts present after',
    'Nothing needs Redis yet; with PostgreSQL alone half of it would be measured.',
  ],
  [
    'R9',
    'webhooks lost over kills at every step: 0; order kept per incident',
    'Webhooks are still to be built.',
  ],
  ['R10', 'recording completeness ≥ 99.9 % of forwarded frames; every gap listed'],
  ['R11', 'an hour at 4 Mbit/s verified in ≤ 10 s, else at ≥ 70 % of disk or hash'],
  ['R12', 'disk full, slow disk: alarm, lowest-value tracks stop first, the call unharmed'],
  ['R13', 'soak with churn: memory slope ≤ 1 MB/h after the first hour; all counts back to zero'],
  ['R14', '2 % random loss, 60 ms round trip: ≤ 1 % of time frozen, in every codec mode that is offered'],
  [
    'R15',
    'OWASP ASVS 5.0 chapter V17; 1,000,000 mutated packets; a flood by one peer',
    'The mutated packets and the flood are still to be built.',
  ],
  ['P1', 'fresh machine to running system ≤ 5 minutes', BY_TESTS],
  ['P2', 'accessibility of every page', BY_TESTS],
  ['P3', 'zh-CN and en complete', BY_TESTS],
  ['P4', 'foreign clients that work unchanged', BY_TESTS],
];

/** The rows that none of these benchmarks or reports is about. */
export function absentRows(present: readonly { readonly id: string }[]): Absent[] {
  return ROWS.flatMap(([id, target, reason = NOT_YET]) =>
    present.some((each) => each.id === id) ? [] : [{ id, target, reason }],
  );
}

const FIRST = ['S', 'R', 'P'];

/** S2 before S10, S before R before P, names without a number last. For `Array.sort`. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  const [one, other] = [keyOf(a.id), keyOf(b.id)];
  return one.group - other.group || one.n - other.n || a.id.localeCompare(b.id);
}

function keyOf(id: string): { group: number; n: number } {
  const [, letter = '', digits] = /^([A-Z])(\d+)/.exec(id) ?? [];
  const group = FIRST.indexOf(letter);
  return { group: group === -1 ? FIRST.length : group, n: Number(digits ?? 0) };
}
