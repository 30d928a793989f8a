/** Lines that several scenarios end with. */
import type { BotCounts } from '../bot/orders.ts';
import { timesOf } from '../bot/samples.ts';
import type { Row } from './types.ts';

/** A number that must be what it should be. */
export function exactly(what: string, value: number, wanted: number): Row {
  return { what, value: value === wanted ? `${value}` : `${value} of ${wanted}`, ok: value === wanted };
}

/** Percentiles of times; `mostP95` is a promise in milliseconds, where there is one. */
export function times(what: string, values: readonly number[], mostP95?: number): Row {
  const { count, p50, p95, p99, max } = timesOf(values);
  const value = `p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms, max ${max} ms (${count})`;
  return { what, value, ...(mostP95 === undefined ? {} : { ok: count > 0 && p95 <= mostP95, timed: true }) };
}

export function timed(row: Row): Row {
  return { ...row, timed: true };
}

/** What the log did on its way to every bot: none of it may be other than 0. */
export function logRows(all: readonly BotCounts[]): Row[] {
  const sum = (pick: (counts: BotCounts) => number) => all.reduce((total, each) => total + pick(each), 0);
  return [
    { what: 'entries pushed and caught up', value: `${sum((c) => c.pushed)} and ${sum((c) => c.caughtUp)}` },
    exactly(
      'entries that never came',
      sum((c) => c.missing),
      0,
    ),
    exactly(
      'entries pushed twice on a connection',
      sum((c) => c.repeats),
      0,
    ),
    exactly(
      'entries out of order',
      sum((c) => c.reordered + c.holes),
      0,
    ),
    exactly(
      'entries with other contents',
      sum((c) => c.changed),
      0,
    ),
    { what: 'requests', value: `${sum((c) => c.requests)}` },
    ...errorRows(all),
  ];
}

function errorRows(all: readonly BotCounts[]): Row[] {
  const codes = new Map<string, number>();
  for (const { errors } of all)
    for (const [code, count] of Object.entries(errors)) codes.set(code, (codes.get(code) ?? 0) + count);
  const value = [...codes].map(([code, count]) => `${code} ${count}`).join(', ');
  return [{ what: 'acts that failed for good', value: value === '' ? '0' : value, ok: codes.size === 0 }];
}

/** A table for a person. */
export function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ what }) => what.length));
  const sign = ({ ok }: Row) => (ok === undefined ? ' ' : ok ? '✓' : '✗');
  return rows.map((row) => `  ${sign(row)} ${row.what.padEnd(width)}  ${row.value}\n`).join('');
}
