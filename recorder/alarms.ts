/** Alarms of one room: each thing a person must know rings at once, and then at most every 10 s while it lasts. */
import type { AlarmCode, RecorderContext } from './context.ts';

const AGAIN_MS = 10_000;

export class RoomAlarms {
  readonly #roomId: string;
  readonly #context: RecorderContext;
  readonly #rung = new Map<string, number>();

  constructor(roomId: string, context: RecorderContext) {
    this.#roomId = roomId;
    this.#context = context;
  }

  ring(code: AlarmCode, trackId?: string, detail?: string): void {
    const key = `${code} ${trackId ?? ''}`;
    const now = performance.now();
    const last = this.#rung.get(key);
    if (last !== undefined && now - last < AGAIN_MS) return;
    this.#rung.set(key, now);
    const roomId = this.#roomId;
    this.#context.metrics.alarms.inc({ code });
    this.#context.logger.warn({ roomId, trackId, code, detail }, 'alarm of a recording');
    this.#context.emit('room.alarm', {
      roomId,
      code,
      ...(trackId === undefined ? {} : { trackId }),
      ...(detail === undefined ? {} : { detail: detail.slice(0, 200) }),
    });
  }
}
