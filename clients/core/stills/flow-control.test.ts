import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ChunkReceiver } from './chunk-receiver.ts';
import { ChunkSender, WINDOW_MAX } from './chunk-sender.ts';

const chunk = (number: number) => new Uint8Array([number >> 8, number & 255]);
const numberOf = (bytes: Uint8Array) => (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);

interface Line {
  /** Milliseconds from one end to the other. */
  readonly delayMs: number;
  /** True: this message is lost. Asked once for each message in its order. */
  readonly loses: (n: number) => boolean;
  readonly doubles?: (n: number) => boolean;
}

/** Runs both ends with 10 ms steps until the sender is done or the time is over. */
function run(chunks: number, data: Line, credits: Line, limitMs = 120_000) {
  const sender = new ChunkSender();
  const receiver = new ChunkReceiver();
  for (let number = 0; number < chunks; number += 1) sender.push(chunk(number));
  const got: number[] = [];
  let messages = 0;
  let said = 0;
  let most = 0;
  const there: { at: number; number: number }[] = [];
  const back: { at: number; received: number }[] = [];
  let now = 0;
  for (; now < limitMs && !sender.isDone; now += 10) {
    for (let bytes = sender.take(now); bytes; bytes = sender.take(now)) {
      const copies = data.loses(messages) ? 0 : data.doubles?.(messages) ? 2 : 1;
      messages += 1;
      for (let copy = 0; copy < copies; copy += 1)
        there.push({ at: now + data.delayMs, number: numberOf(bytes) });
    }
    most = Math.max(most, sender.onTheWay);
    const say = (numbers: readonly number[]) => {
      for (const received of numbers) {
        if (!credits.loses(said)) back.push({ at: now + credits.delayMs, received });
        said += 1;
      }
    };
    while ((there[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      const { number } = there.shift() ?? { number: 0 };
      if (receiver.handleChunk(number) === 'new') got.push(number);
      say(receiver.credits(now));
    }
    say(receiver.credits(now, true));
    while ((back[0]?.at ?? Number.POSITIVE_INFINITY) <= now)
      sender.handleCredit(back.shift()?.received ?? 0, now);
  }
  return { got: got.sort((a, b) => a - b), most, messages, now, sender };
}

const clear = (delayMs: number): Line => ({ delayMs, loses: () => false });
const all = (chunks: number) => Array.from({ length: chunks }, (_, number) => number);

describe('Flow control of a still', () => {
  it('sends each chunk once over a line that loses nothing, and waits for credit', () => {
    const { got, messages, most } = run(60, clear(50), clear(50));
    assert.deepEqual(got, all(60));
    assert.equal(messages, 60);
    assert.ok(most <= WINDOW_MAX);
  });

  it('fills no hole that was not there: a slow line gets one chunk twice, which asks whether it is there', () => {
    const { got, messages } = run(30, clear(600), clear(600));
    assert.deepEqual(got, all(30));
    assert.ok(messages <= 31, `${messages} messages`);
  });

  it('brings every chunk over a line that loses and doubles in both directions, and never exceeds its window', () => {
    const loss = fc.infiniteStream(fc.integer({ min: 0, max: 9 }));
    void fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        loss,
        loss,
        fc.nat(400),
        (chunks, data, credit, delayMs) => {
          const data_ = [...data.take(4000)];
          const credit_ = [...credit.take(4000)];
          const { got, most, sender } = run(
            chunks,
            { delayMs, loses: (n) => (data_[n] ?? 9) < 2, doubles: (n) => data_[n] === 9 },
            { delayMs, loses: (n) => (credit_[n] ?? 9) < 3 },
            600_000,
          );
          assert.ok(sender.isDone, 'done');
          assert.deepEqual(got, all(chunks));
          assert.ok(most <= WINDOW_MAX, `window ${most}`);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('sends no more than its window to a receiver that never answers, but the oldest again', () => {
    const { got, messages, sender } = run(60, clear(10), { delayMs: 10, loses: () => true }, 20_000);
    assert.ok(got.length <= WINDOW_MAX);
    assert.ok(messages < got.length + 8, `${messages} messages`);
    assert.ok(sender.stalledMs(20_000) > 19_000);
  });

  it('is not opened by credits that cannot be', () => {
    const sender = new ChunkSender();
    for (let number = 0; number < 40; number += 1) sender.push(chunk(number));
    void fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer(), fc.double())), (credits) => {
        let now = 0;
        while (sender.take(0)) now += 0;
        for (const credit of credits) if (credit > sender.nextNumber) sender.handleCredit(credit, now);
        assert.ok(sender.onTheWay <= WINDOW_MAX);
        assert.equal(sender.isDone, false);
      }),
    );
  });

  it('makes its window smaller while chunks wait in a queue, and larger again when they do not', () => {
    const sender = new ChunkSender();
    for (let number = 0; number < 400; number += 1) sender.push(chunk(number));
    let now = 0;
    let received = 0;
    const step = (delayMs: number) => {
      while (sender.take(now)) received += 0;
      now += delayMs;
      received += 1;
      sender.handleCredit(received, now);
    };
    // One by one, each chunk meets the delay of those before it.
    for (let n = 0; n < 20; n += 1) step(5);
    assert.equal(sender.window, WINDOW_MAX);
    for (let n = 0; n < 40; n += 1) step(100);
    assert.ok(sender.window < WINDOW_MAX, `window ${sender.window}`);
  });
});

describe('The receiver of a still', () => {
  it('refuses what is far ahead, so that its memory has a bound', () => {
    const receiver = new ChunkReceiver();
    assert.equal(receiver.handleChunk(32), 'refused');
    assert.equal(receiver.handleChunk(31), 'new');
    assert.equal(receiver.handleChunk(31), 'known');
    assert.equal(receiver.received, 0);
  });

  it('says a hole twice, and says it no more often than 25 times a second', () => {
    const receiver = new ChunkReceiver();
    receiver.handleChunk(0);
    receiver.handleChunk(2);
    assert.deepEqual(receiver.credits(100), [1, 1]);
    receiver.handleChunk(3);
    assert.deepEqual(receiver.credits(120), []);
    assert.deepEqual(receiver.credits(140), [1]);
    receiver.handleChunk(1);
    assert.equal(receiver.received, 4);
  });
});
