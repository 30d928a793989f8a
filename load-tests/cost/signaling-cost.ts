/** What a signaling process costs: marks as facts from socket to sockets, and joins to rooms of different length. */
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { newId } from '../../platform/ids.ts';
import { Reply } from '../../signaling/protocol/methods.ts';
import { freePorts } from '../network/ports.ts';
import { costOfProcess } from '../recorder/process-cost.ts';
import { ServiceProcess } from '../stack/service-process.ts';
import { type CostCity, type Person, strokeOn, writeCityConfig } from './city.ts';
import { onSecondCore } from './cores.ts';
import { windowOf } from './run-time.ts';

const WAIT_MS = 30_000;
const SETTLE_MS = 400;
/** Standing marks an author may leave before clearing them away: a room holds 100. */
const CLEAR_EVERY = 25;

/** One socket of one person, as thin as can be: it believes what it gets. */
export class Seat {
  readonly #socket: Socket;
  readonly #person: Person;
  readonly peerId = newId();
  /** Entries that arrived. */
  heard = 0;

  constructor(origin: string, person: Person) {
    this.#person = person;
    this.#socket = io(origin, {
      ...{ forceNew: true, transports: ['websocket'], reconnection: false, rejectUnauthorized: false },
      extraHeaders: { cookie: person.cookie },
    });
    this.#socket.on('notify', () => {
      this.heard += 1;
    });
  }

  async join(roomId: string): Promise<this> {
    const token = await this.#person.token(roomId);
    await this.request(roomId, 'room.join', { token, peerId: this.peerId, speaksHere: false });
    return this;
  }

  async request(roomId: string, method: string, params: unknown): Promise<void> {
    const answer: unknown = await this.#socket
      .timeout(WAIT_MS)
      .emitWithAck('request', { method, params, roomId, commandId: newId() });
    const reply = Reply.parse(answer);
    if (!reply.ok) throw new Error(`${method}: ${reply.error.code}: ${reply.error.message}`);
  }

  close(): void {
    this.#socket.close();
  }
}

export interface SignalingPoint {
  /** Percent of a core: of the process, and of this one. */
  readonly signaling: number;
  readonly generator: number;
  readonly rssBytes: number;
}

export class SignalingUnderTest {
  readonly #city: CostCity;
  readonly #process: ServiceProcess;
  readonly #origin: string;

  private constructor(city: CostCity, process: ServiceProcess, origin: string) {
    this.#city = city;
    this.#process = process;
    this.#origin = origin;
  }

  /** Starts a process on the city, whose rooms must have been handed over. */
  static async start(city: CostCity): Promise<SignalingUnderTest> {
    const port = await freePorts(1);
    const process = new ServiceProcess('signaling', await writeCityConfig(city, port));
    await process.start();
    if (process.pid !== undefined) await onSecondCore(process.pid);
    return new SignalingUnderTest(city, process, `https://127.0.0.1:${port}`);
  }

  get #pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the signaling process has ended');
    return pid;
  }

  /** Three people draw this many marks a second together, in a room of four. */
  async marks(
    roomId: string,
    perSecond: number,
    windowMs: number,
  ): Promise<SignalingPoint & { made: number }> {
    const { first, second, third, dispatcher } = this.#city.people;
    const seats = [first, second, third, dispatcher].map((who) => new Seat(this.#origin, who));
    try {
      for (const seat of seats) await seat.join(roomId);
      await sleep(SETTLE_MS);
      let made = 0;
      const window = await windowOf(this.#pid, async () => {
        const authors = seats.slice(0, 3);
        const counts = authors.map((seat) => this.#draw(seat, roomId, perSecond / authors.length, windowMs));
        const [all] = await Promise.all([Promise.all(counts), sleep(windowMs)]);
        made = all.reduce((sum, count) => sum + count, 0);
      });
      return { ...(await this.#pointOf(window)), made: made / window.seconds };
    } finally {
      for (const seat of seats) seat.close();
    }
  }

  /** This many fresh connections join one after the other; answers processor time for each, in milliseconds. */
  async joins(roomId: string, count: number): Promise<SignalingPoint & { msPerJoin: number }> {
    const seats: Seat[] = [];
    try {
      // Whoever joins first waits for the room to be taken over, which is measured elsewhere.
      seats.push(await new Seat(this.#origin, this.#city.people.dispatcher).join(roomId));
      await sleep(SETTLE_MS);
      const window = await windowOf(this.#pid, async () => {
        for (let n = 0; n < count; n += 1) {
          const seat = new Seat(this.#origin, this.#city.people.first);
          seats.push(seat);
          await seat.join(roomId);
        }
      });
      const msPerJoin = (window.percent * window.seconds * 10) / count;
      return { ...(await this.#pointOf(window)), msPerJoin };
    } finally {
      for (const seat of seats) seat.close();
    }
  }

  async idle(windowMs: number): Promise<SignalingPoint> {
    return this.#pointOf(await windowOf(this.#pid, () => sleep(windowMs)));
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  async #pointOf(window: { percent: number; ownPercent: number }): Promise<SignalingPoint> {
    const { rssBytes } = await costOfProcess(this.#pid);
    return { signaling: window.percent, generator: window.ownPercent, rssBytes };
  }

  /** Keeps to its times: a mark that waits for the one before is made late, and then counts for less than was wanted. */
  async #draw(seat: Seat, roomId: string, perSecond: number, windowMs: number): Promise<number> {
    const begin = performance.now();
    let made = 0;
    while (perSecond > 0) {
      const dueMs = ((made + 1) / perSecond) * 1000;
      if (dueMs > windowMs) break;
      const waitMs = begin + dueMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      if (performance.now() - begin > windowMs) break;
      await seat.request(roomId, 'mark.add', strokeOn(this.#city.cameraId));
      made += 1;
      if (made % CLEAR_EVERY === 0) await seat.request(roomId, 'mark.clear', { author: seat.peerId });
    }
    return made;
  }
}
