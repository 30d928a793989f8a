/** Conditions of the list as a form has them, and as the server is asked. Pure. */
import type { RecordingSearch } from '../../core/review/api.ts';

export const emptyConditions = {
  from: '',
  to: '',
  incidentId: '',
  patient: '',
  person: '',
  unitId: '',
  gaps: '',
  drill: '',
  reviewed: '',
};
export type Conditions = Record<keyof typeof emptyConditions, string>;

export const PER_PAGE = 25;

/** Midnight of a day `YYYY-MM-DD` of this browser, `days` later, in UTC milliseconds; undefined when it is no day. */
export function dayStart(day: string, days = 0): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (found === null) return undefined;
  return new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + days).getTime();
}

const oneOf = <T extends string>(allowed: readonly T[], value: string): T | undefined =>
  allowed.find((each) => each === value);

/** What is empty is no condition. The day in `to` belongs to the span. */
export function searchOf(conditions: Conditions, before: string | undefined): RecordingSearch {
  const text = (value: string) => (value.trim() === '' ? undefined : value.trim());
  return {
    from: dayStart(conditions.from),
    to: dayStart(conditions.to, 1),
    incidentId: text(conditions.incidentId),
    patient: text(conditions.patient),
    person: text(conditions.person),
    unitId: text(conditions.unitId),
    gaps: oneOf(['with', 'without'], conditions.gaps),
    drill: oneOf(['with', 'only', 'without'], conditions.drill),
    reviewed: oneOf(['yes', 'no'], conditions.reviewed),
    before,
    limit: PER_PAGE,
  };
}

export function isEmpty(conditions: Conditions): boolean {
  return Object.values(conditions).every((value) => value.trim() === '');
}
