/**
 * The owner of one room towards a recorder, as signaling behaves: it comes back after every loss of the link, hands over facts in
 * order, sends what was not acknowledged again, and believes what it is told about durability. The media node is part of it.
 */
import { hash } from 'node:crypto';
import { TapSender } from '../../recorder/testing/tap-sender.ts';
import { chainText } from '../../signaling/protocol/log-chain.ts';
import type { RecorderClient, RecorderEventData, SealedLogLine } from '../../signaling/protocol/recorder.ts';
import { hostMs, type LiveSource } from './live-source.ts';

export const ROOM_ID = 'r1';
const EPOCH = 1;
const room = { roomId: ROOM_ID, epoch: EPOCH };
const PUMP_MS = 5;
const FACT_MS = 100;
const CLOCK_MS = 1_000;
const FACTS_AT_ONCE = 200;

export interface RoomOwnerOptions {
  readonly sources: readonly LiveSource[];
  readonly onAlarm?: (alarm: RecorderEventData<'room.alarm'>) => void;
  /** Facts come this often, in milliseconds; none with 0. */
  readonly factMs?: number;
}

export class RoomOwner {
  /** Host time that is 0 in the room. */
  readonly zeroMs = hostMs();
  /** Host time in milliseconds up to which a track was last said to be on the disk. */
  readonly durableUntil = new Map<string, number>();
  /** Lag of each word about durability at the moment it was heard, in milliseconds. */
  readonly durableLags: number[] = [];
  /** Host times at which a recorder had all tracks again. */
  readonly attachedAt: number[] = [];
  readonly problems: string[] = [];
  readonly packages: RecorderEventData<'room.package'>[] = [];
  /** Number of the last fact that was acknowledged as being on the disk. */
  ackedFacts = 0;
  /** Acknowledged facts that a recorder later did not have. */
  lostFacts = 0;
  /** Of the tap that is in use. */
  tapPort = 0;
  readonly #sources: readonly LiveSource[];
  readonly #onAlarm: NonNullable<RoomOwnerOptions['onAlarm']>;
  readonly #facts: SealedLogLine[] = [];
  readonly #timers: NodeJS.Timeout[];
  #client: RecorderClient | undefined;
  #unlisten: (() => void)[] = [];
  #sender: TapSender | undefined;
  #taps = 0;
  #telling: Promise<void> | undefined;
  #finished = false;

  constructor({ sources, onAlarm, factMs = FACT_MS }: RoomOwnerOptions) {
    this.#sources = sources;
    this.#onAlarm = onAlarm ?? (() => undefined);
    this.#timers = [
      setInterval(() => this.#pump(), PUMP_MS),
      setInterval(() => void this.#sendClock(), CLOCK_MS),
      ...(factMs > 0 ? [setInterval(() => this.#addFact(), factMs)] : []),
    ];
  }

  get facts(): number {
    return this.#facts.length;
  }

  get attached(): boolean {
    return this.#sender !== undefined;
  }

  /** Serves its room by this link from now on; the one before is forgotten. */
  use(client: RecorderClient): void {
    this.detach();
    this.#client = client;
    this.#unlisten = [
      client.onLink((state) => (state === 'up' ? void this.#attach(client) : this.#dropSender())),
      client.on('room.durable', ({ tracks }) => this.#heardDurable(tracks)),
      client.on('room.alarm', this.#onAlarm),
      client.on('room.package', (summary) => this.packages.push(summary)),
    ];
    if (client.connected) void this.#attach(client);
  }

  detach(): void {
    for (const stop of this.#unlisten.splice(0)) stop();
    this.#client = undefined;
    this.#dropSender();
  }

  /** Stops the sources, hands over the last facts, and closes the room. */
  async finish(): Promise<void> {
    this.stop();
    await this.#telling;
    await this.#tellFacts();
    this.#finished = true;
    const endedAt = hostMs() - this.zeroMs;
    await this.#client?.request('room.finish', { ...room, endedAt, reason: 'closed' });
  }

  /** Stops sources and facts. Idempotent. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  close(): void {
    this.stop();
    this.detach();
  }

  async #attach(client: RecorderClient): Promise<void> {
    if (this.#finished) return;
    try {
      this.#taps += 1;
      const tapId = `tap${this.#taps}`;
      const opening = { incidentId: 'i1', drill: false, createdUtc: 1, by: 'system', reason: 'on' };
      const { logSeq } = await client.request('room.open', { ...room, ...opening });
      this.lostFacts += Math.max(0, this.ackedFacts - logSeq);
      await this.#sendClock();
      const { port } = await client.request('tap.open', { ...room, tapId });
      const sender = await TapSender.open(port);
      await client.request('tap.connect', { ...room, tapId, ...sender.address });
      for (const { track } of this.#sources) await client.request('track.start', { ...room, tapId, track });
      this.#dropSender();
      this.#sender = sender;
      this.tapPort = port;
      this.attachedAt.push(hostMs());
    } catch (error) {
      // A recorder that is killed meanwhile breaks off what it was asked; the next `up` begins anew.
      if (client.connected) this.problems.push(String(error));
    }
  }

  #dropSender(): void {
    this.#sender?.close();
    this.#sender = undefined;
  }

  #pump(): void {
    const now = hostMs();
    for (const source of this.#sources) source.pump(now, this.#sender);
  }

  async #sendClock(): Promise<void> {
    const client = this.#client;
    if (!client?.connected || (!this.attached && this.#taps === 0)) return;
    await client
      .request('room.clock', { ...room, offsetMs: -this.zeroMs, errorMs: 0.1 })
      .catch(() => undefined);
  }

  #heardDurable(tracks: RecorderEventData<'room.durable'>['tracks']): void {
    const now = hostMs();
    for (const { trackId, durableUntil, state } of tracks) {
      if (durableUntil === 0) continue;
      const until = durableUntil + this.zeroMs;
      this.durableUntil.set(trackId, until);
      if (state === 'recording') this.durableLags.push(now - until);
    }
  }

  #addFact(): void {
    const before = this.#facts.at(-1);
    const seq = this.#facts.length + 1;
    const line = {
      ...{ seq, epoch: EPOCH, at: hostMs() - this.zeroMs, utc: Date.now(), actor: 'p1', audience: '{}' },
      payloadHash: hash('sha256', `fact ${seq}`),
      body: Buffer.from(`fact ${seq}`).toString('base64'),
    };
    this.#facts.push({ ...line, hash: hash('sha256', chainText(ROOM_ID, before?.hash ?? '', line)) });
    this.#telling ??= this.#tellFacts().finally(() => {
      this.#telling = undefined;
    });
  }

  async #tellFacts(): Promise<void> {
    const client = this.#client;
    if (!client?.connected) return;
    try {
      while (this.ackedFacts < this.#facts.length) {
        const lines = this.#facts.slice(this.ackedFacts, this.ackedFacts + FACTS_AT_ONCE);
        this.ackedFacts = (await client.request('room.log', { ...room, lines })).logSeq;
      }
    } catch {
      // Not acknowledged: they are handed over again with the next one.
    }
  }
}
