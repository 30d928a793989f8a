/** What `verify` found, in a form for programs; bin/commands/verify.ts puts it into words. */

export const FINDING_CODES = [
  'manifest-missing',
  'manifest-unreadable',
  'manifest-not-canonical',
  'manifest-altered',
  'not-sealed',
  'missing',
  'altered',
  'cut-short',
  'longer',
  'moved',
  'added',
  'not-a-file',
  'chain',
  'root',
  'leaves',
  'signature',
  'key-id',
  'other-key',
  'timestamp',
  'log-line',
  'log-order',
  'log-hash',
  'log-end',
  'plain-altered',
  'unreadable',
  'supplement',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** One thing that is not as it was sealed, as near to the place as can be told. */
export interface Finding {
  readonly code: FindingCode;
  readonly file?: string;
  readonly trackId?: string;
  readonly segment?: number;
  /** Room time in milliseconds that the file holds. */
  readonly from?: number;
  readonly to?: number;
  /** Number of an entry of the log. */
  readonly seq?: number;
  readonly detail: string;
}

export interface TimestampState {
  /** `waiting`: the request lies in the package, no token has come. */
  readonly state: 'none' | 'waiting' | 'valid' | 'invalid';
  readonly utc?: number;
  readonly authority?: string;
  /** True when the authority's certificate leads to one of the given roots; undefined when none was given. */
  readonly trusted?: boolean;
}

export interface VerifyReport {
  /** True when everything that could be checked is as it was sealed. */
  readonly whole: boolean;
  readonly roomId?: string;
  readonly sealedUtc?: number;
  readonly root?: string;
  readonly keyId?: string;
  /** True when `keyId` is the key that was given; undefined when none was given. */
  readonly keyKnown?: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly logEntries: number;
  readonly supplements: number;
  readonly timestamp: TimestampState;
  /** Plain bytes: checked, or not for want of keys. */
  readonly plain: 'checked' | 'no-keys';
  /** The first 1000; `findingsLeftOut` counts the rest. */
  readonly findings: readonly Finding[];
  readonly findingsLeftOut: number;
}

const MOST_FINDINGS = 1000;

/** Collects findings without growing with the damage. */
export class Findings {
  readonly list: Finding[] = [];
  leftOut = 0;

  add(code: FindingCode, detail: string, where: Omit<Finding, 'code' | 'detail'> = {}): void {
    if (this.list.length < MOST_FINDINGS) this.list.push({ code, ...where, detail });
    else this.leftOut += 1;
  }

  get none(): boolean {
    return this.list.length === 0;
  }
}
