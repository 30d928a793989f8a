/**
 * The machine behind the property test: two processes on one database, readers of several audiences, and a record of
 * what was answered. `settle` heals everything and compares that record with the log.
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ManualClock } from '../../../platform/clock.ts';
import { entryFor, type LogEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState } from '../../protocol/state.ts';
import { openEntry, unwrapRoomKey } from '../entry-seal.ts';
import type { RoomAddress } from '../types.ts';
import { verifyChain } from '../verify-chain.ts';
import { dispatcher, incident, join, people, type TestPerson } from './people.ts';
import { TEST_LEASE_MS, TestProcess } from './process.ts';
import { runCommand, type Step } from './random-steps.ts';
import { TestReader } from './reader.ts';
import { TEST_MASTER_KEY, type TestDatabases } from './stores.ts';

/** A command that was given, and its answer if there was one. */
interface Given {
  readonly commandId: string;
  readonly run: (room: RoomAddress) => Promise<unknown>;
  /** Every answer it got; more than one when it was repeated. */
  readonly answers: unknown[];
}

export class RoomModel {
  readonly #processes: readonly TestProcess[];
  readonly #clock: ManualClock;
  readonly #roomId: string;
  readonly #given: Given[] = [];
  readonly #running: Promise<void>[] = [];
  readonly #readers = people.map((who) => new TestReader(who));

  private constructor(processes: readonly TestProcess[], clock: ManualClock, roomId: string) {
    this.#processes = processes;
    this.#clock = clock;
    this.#roomId = roomId;
  }

  static async start(databases: TestDatabases, clock: ManualClock): Promise<RoomModel> {
    const url = await databases.fresh();
    const processes = [
      await TestProcess.start(url, await databases.folder(), clock),
      await TestProcess.start(url, await databases.folder(), clock),
    ];
    const rooms = processes[0]?.rooms;
    assert.ok(rooms);
    const room = await rooms.create(incident, dispatcher);
    await join(room, ...people);
    await room.execute('patient.add', {}, dispatcher);
    return new RoomModel(processes, clock, room.roomId);
  }

  async run(step: Step): Promise<void> {
    switch (step.type) {
      case 'command':
        return this.#command(step);
      case 'repeat':
        return this.#repeat(step.process, step.which);
      case 'fault':
        this.#process(step.process).store.faults = [...step.faults];
        return;
      case 'away':
        this.#process(step.process).store.away = step.away;
        return;
      case 'crash':
        return this.#process(step.process).restart(step.away);
      case 'time':
        this.#clock.advance(step.leases * TEST_LEASE_MS + 1);
        return;
      case 'tend':
        return this.#process(step.process).rooms.tend();
      case 'late':
        return this.#process(step.process).store.releaseLate();
      case 'reader':
        return this.#connect(step.reader, step.process, step.fresh);
    }
  }

  /** Heals everything, then holds what was answered and shown against the log. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
    for (const process of this.#processes) {
      process.store.away = false;
      process.store.faults = [];
      await process.store.releaseLate();
      await process.rooms.tend();
    }
    this.#clock.advance(TEST_LEASE_MS + 1);
    for (const process of this.#processes) await process.restart();
    const room = this.#address(0);
    await this.#checkAnswers(room);
    const log = await this.#checkLog();
    await this.#checkReaders(room, log);
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) reader.disconnect();
    for (const process of this.#processes) await process.close();
  }

  #process(index: number): TestProcess {
    const process = this.#processes[index];
    assert.ok(process);
    return process;
  }

  #address(process: number): RoomAddress {
    return this.#process(process).rooms.at(this.#roomId);
  }

  #person(index: number): TestPerson {
    const who = people[index];
    assert.ok(who);
    return who;
  }

  async #command(step: Extract<Step, { type: 'command' }>): Promise<void> {
    const commandId = `c-${this.#given.length}`;
    const who = this.#person(step.who);
    const given: Given = {
      commandId,
      run: (room) => runCommand(room, step.what, who, commandId),
      answers: [],
    };
    this.#given.push(given);
    const running = this.#attempt(given, step.process);
    this.#running.push(running);
    if (step.wait) await running;
  }

  async #repeat(process: number, which: number): Promise<void> {
    const given = this.#given[which % Math.max(1, this.#given.length)];
    if (given) await this.#attempt(given, process);
  }

  /** A refusal leaves the outcome open. */
  async #attempt(given: Given, process: number): Promise<void> {
    const value = await given.run(this.#address(process)).catch(() => undefined);
    if (value !== undefined) given.answers.push(value);
  }

  async #connect(index: number, process: number, fresh: boolean): Promise<void> {
    const reader = this.#readers[index];
    // Refused while another process owns the room: the page stays where it is and tries again later.
    await reader?.connect(this.#address(process), fresh).catch(() => undefined);
  }

  /**
   * Whatever was answered stands in the log with that answer, or in a spill that is kept aside and named in the log as
   * missing. (An owner that is cut off from the store goes on for its own peers, so a command that was given to it and
   * to its successor may be answered by both; only one of them is in the log.)
   */
  async #checkAnswers(room: RoomAddress): Promise<void> {
    const log = await this.#log();
    const written = new Set(log.map((entry) => entry.commandId));
    const kept = await this.#keptAside();
    const tails = (await room.state()).missingTails;
    for (const { commandId, answers, run } of this.#given) {
      const inLog = written.has(commandId) ? await run(room) : undefined;
      const others = answers.filter((answer) => !isDeepStrictEqual(answer, inLog));
      if (others.length === 0) continue;
      const seq = kept.get(commandId);
      assert.ok(seq !== undefined, `${commandId} was answered ${JSON.stringify(others)}, which is nowhere`);
      assert.ok(
        tails.some((tail) => tail.afterSeq < seq),
        `${commandId} is kept aside, and no missing tail names it`,
      );
    }
  }

  /** The chain is whole; numbers, epochs and room time go on; no command stands there twice. */
  async #checkLog(): Promise<LogEntry[]> {
    const report = await verifyChain(this.#process(0).store, TEST_MASTER_KEY, this.#roomId);
    assert.deepEqual(report.broken, undefined);
    const log = await this.#log();
    for (const [index, entry] of log.entries()) {
      const before = log[index - 1];
      assert.equal(entry.seq, index + 1);
      assert.ok(!before || (entry.at >= before.at && entry.epoch >= before.epoch), `order at ${entry.seq}`);
    }
    const texts = log.flatMap((entry) => entry.events.flatMap((fact) => ('text' in fact ? [fact.text] : [])));
    assert.equal(new Set(texts).size, texts.length, 'a fact is written twice');
    return log;
  }

  /** Each reader, once it is back, has folded exactly what its audience may read, and never saw anything else. */
  async #checkReaders(room: RoomAddress, log: readonly LogEntry[]): Promise<void> {
    for (const reader of this.#readers) {
      await reader.connect(room);
      const expected = log.reduce(
        (state, entry) => evolve(state, entryFor(reader.viewer, entry)),
        initialRoomState(),
      );
      assert.deepEqual(reader.state, expected, `reader ${reader.viewer.peerId}`);
      reader.assertFine();
      if (reader.viewer.role === 'bystander') {
        // Its own words it may read back, and nobody else's.
        assert.doesNotMatch(reader.received.join(), /clinical words by (?!bystander)/);
      }
    }
  }

  async #log(): Promise<LogEntry[]> {
    const { store } = this.#process(0);
    const wrapped = await store.wrappedKey(this.#roomId);
    assert.ok(wrapped);
    const key = unwrapRoomKey(TEST_MASTER_KEY, this.#roomId, wrapped);
    const sealed = await store.read(this.#roomId, 1, 100_000);
    return sealed.map((entry) => openEntry(key, this.#roomId, entry).entry);
  }

  /** Command ids in spills that could not be written back, with the number they had. */
  async #keptAside(): Promise<Map<string, number>> {
    const kept = new Map<string, number>();
    for (const { folder } of this.#processes) {
      for (const name of await readdir(joinPath(folder, 'aside'))) {
        const text = await readFile(joinPath(folder, 'aside', name), 'utf8');
        for (const match of text.matchAll(/"seq":(\d+)[^{}]*?"commandId":"([^"]+)"/g)) {
          kept.set(match[2] ?? '', Number(match[1]));
        }
      }
    }
    return kept;
  }
}
