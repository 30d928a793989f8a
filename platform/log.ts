/**
 * Logs: one JSON object per line on standard output.
 *
 * Rubric: `fatal` the process ends; `error` someone must act; `warn` it works, but not as it should; `info` one line per
 * step in the life of a thing (process, node, worker, room, peer, transport, recording); `debug` the rest. Lines carry
 * ids and codes, never patient data, names, words or tokens (design.md section 10).
 */
import { type DestinationStream, type LogFn, type Logger as PinoLogger, pino } from 'pino';
import { AppError } from './errors.ts';

/** `log.info({ roomId }, 'room opened')`, or the sentence alone; `log.error({ error }, 'what failed')`. */
export interface Logger {
  readonly level: string;
  readonly fatal: LogFn;
  readonly error: LogFn;
  readonly warn: LogFn;
  readonly info: LogFn;
  readonly debug: LogFn;
  readonly trace: LogFn;
  /** A logger whose lines carry these fields too. */
  child(fields: object): Logger;
}

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Fields that are dropped wherever they stand, in any spelling (`roomToken`, `room_token`, `ROOM-TOKEN`). */
const secretWords =
  /token|passw|passphrase|passcode|secret|authorization|cookie|credential|apikey|privatekey|phone|telephone|birth|address(?:ofpatient|line)/i;
/** Fields that are dropped when this is their whole name, since the word is harmless inside others. */
const personalNames = new Set([
  'name',
  'displayname',
  'fullname',
  'patientname',
  'text',
  'label',
  'note',
  'body',
  'sdp',
]);
const maxDepth = 6;

function isPrivate(field: string): boolean {
  const plain = field.replaceAll(/[^a-z0-9]/gi, '');
  return secretWords.test(plain) || personalNames.has(plain.toLowerCase());
}

function errorFields(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...(error instanceof AppError ? { code: error.code, details: redact(error.details, depth + 1) } : {}),
    ...('code' in error && !(error instanceof AppError) ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  };
}

/** Returns a copy of `value` in which private fields read `[redacted]`, at any depth that is logged at all. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? value.toString() : value;
  if (depth > maxDepth) return '[deep]';
  if (value instanceof Error) return errorFields(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Date || value instanceof URL) return value.toJSON();
  return redactFields(value, depth);
}

function redactFields(fields: object, depth = 0): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [field, item] of Object.entries(fields)) {
    result[field] = isPrivate(field) ? '[redacted]' : redact(item, depth + 1);
  }
  return result;
}

let processLevel: LogLevel = 'info';

/** Sets the level of every logger that is made from now on; `main.ts` calls it once, before anything else. */
export function setLogLevel(level: LogLevel): void {
  processLevel = level;
}

export interface LogOptions {
  readonly level?: LogLevel;
  /** Where lines go; standard output unless told. */
  readonly destination?: DestinationStream;
}

/**
 * Returns the logger of one part, such as `createLogger('sfu.worker', { workerId })`. The fields stand on each of its
 * lines; `logger.child({ roomId })` adds more.
 */
export function createLogger(part: string, fields: object = {}, options: LogOptions = {}): Logger {
  const logger = pino(
    {
      level: options.level ?? processLevel,
      base: { part, ...redactFields(fields) },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      errorKey: 'error',
      serializers: { error: (error: unknown) => redact(error) },
      formatters: {
        level: (level) => ({ level }),
        log: (logged) => redactFields(logged),
      },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  return wrap(logger);
}

/** Pino runs no formatter over the fields of a child (child() in its proto.js resets it), so they are redacted here. */
function wrap(inner: PinoLogger): Logger {
  return {
    get level() {
      return inner.level;
    },
    fatal: inner.fatal.bind(inner),
    error: inner.error.bind(inner),
    warn: inner.warn.bind(inner),
    info: inner.info.bind(inner),
    debug: inner.debug.bind(inner),
    trace: inner.trace.bind(inner),
    child: (fields) => wrap(inner.child(redactFields(fields))),
  };
}
