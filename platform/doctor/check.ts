/** What a check of the doctor is. */
import type { Config } from '../config/schema.ts';

export type Status = 'ok' | 'warn' | 'fail';

/** `found` is what there is; `whatToDo` one sentence where it is not fine. No secrets, no patient data. */
export interface Finding {
  readonly status: Status;
  readonly found: string;
  readonly whatToDo?: string;
}

export interface Check {
  readonly title: string;
  run(): Promise<Finding>;
}

export interface CheckResult extends Finding {
  readonly title: string;
}

export interface DoctorContext {
  readonly root: string;
  readonly cache: string;
  readonly config: Config;
}

export const ok = (found: string): Finding => ({ status: 'ok', found });
export const warn = (found: string, whatToDo: string): Finding => ({ status: 'warn', found, whatToDo });
export const fail = (found: string, whatToDo: string): Finding => ({ status: 'fail', found, whatToDo });
