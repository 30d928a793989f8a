/** Who had a recording in hand, for the custody page of an export: the audit of its room, with names as they are now. */
import type { AuditEntry, AuditLog } from '../people/audit.ts';
import type { Directory } from '../people/types.ts';
import type { CustodyLine } from '../protocol/recorder-http.ts';

const LINES_MAX = 5000;
const BATCH = 1000;
/** Rows that say how much was handed out to a visit that stands there already. */
const DETAILS = new Set(['recording.read', 'recording.seek']);

/** Oldest first; of more than 5000 the newest. However much was read in between, every opening is among them. */
export async function custodyOf(
  audit: Pick<AuditLog, 'list'>,
  directory: Pick<Directory, 'principal'>,
  roomId: string,
): Promise<CustodyLine[]> {
  const rows: AuditEntry[] = [];
  for (let before: number | undefined; rows.length < LINES_MAX; ) {
    const some = await audit.list({ roomId, before, limit: BATCH });
    rows.push(...some.filter(isCustody));
    before = some.at(-1)?.seq;
    if (some.length < BATCH) break;
  }
  rows.splice(LINES_MAX);
  const names = await namesOf(
    directory,
    rows.map(({ principalId }) => principalId),
  );
  return rows
    .map(({ utc, action, principalId }) => ({
      utc,
      action: action.slice(0, 64),
      who: names.get(principalId) ?? principalId,
    }))
    .reverse();
}

function isCustody({ action, allowed }: AuditEntry): boolean {
  return allowed && action.startsWith('recording.') && !DETAILS.has(action);
}

/** Names of people, devices and guests by id; those who are gone or disabled have none. */
export async function namesOf(
  directory: Pick<Directory, 'principal'>,
  principalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const principalId of new Set(principalIds)) {
    const principal = await directory.principal(principalId);
    if (principal) names.set(principalId, principal.name);
  }
  return names;
}
