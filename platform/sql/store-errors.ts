/** What an error of either database engine means: the store is away, or the statement was refused. */
import { AppError } from '../errors.ts';

/** SQLite primary result codes (https://www.sqlite.org/rescode.html): busy, locked, I/O error, disk full, cannot open. */
const sqliteAway = new Set([5, 6, 10, 13, 14]);
/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) that mean: no server, no room, or it is going down. */
const postgresAway = /^(?:08...|53...|57P0[1-4]|57014|25P03|58...)$/;
const networkAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** `pg` gives these no code. */
const pgAwayMessages =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|client (?:was closed|has encountered a connection error)|not queryable/i;

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The primary SQLite result code, such as 5 for SQLITE_BUSY, or undefined when it is no SQLite error. */
function sqliteCode(error: unknown): number | undefined {
  if (codeOf(error) !== 'ERR_SQLITE_ERROR' || !(error instanceof Error)) return undefined;
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}

/** True when another connection holds SQLite's write lock: worth trying again in a moment. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 5 || code === 6;
}

/**
 * True when the store could not be reached or could not write, so that the outcome of a commit may be unknown. False
 * for a refusal such as a broken constraint, after which nothing was changed.
 */
export function isStoreAway(error: unknown): boolean {
  if (error instanceof AppError)
    return error.code === 'store-unavailable' || error.code === 'deadline-exceeded';
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return sqliteAway.has(sqlite);
  if (error instanceof AggregateError) return error.errors.some(isStoreAway);
  const code = codeOf(error);
  if (code !== undefined && (networkAway.has(code) || postgresAway.test(code))) return true;
  return error instanceof Error && pgAwayMessages.test(error.message);
}

/** True when a row with the same key stands there already, on either engine. */
export function isUniqueViolation(error: unknown): boolean {
  if (codeOf(error) === '23505') return true;
  return sqliteCode(error) === 19 && error instanceof Error && /UNIQUE|PRIMARY KEY/.test(error.message);
}

/** What a caller is told of an engine's error: `store-unavailable` when the store is away, anything else as it is. */
export function toStoreError(error: unknown): unknown {
  return isStoreAway(error) && !(error instanceof AppError) ? storeUnavailable(error) : error;
}

/** The coded error of a store that is away; the engine's own words are kept as the cause for the log. */
export function storeUnavailable(cause: unknown): AppError {
  return new AppError('store-unavailable', 'The database cannot be reached or cannot write.', {
    status: 503,
    whatToDo: 'Try again in a moment; the operator looks at the database server and its disk.',
    cause,
  });
}
