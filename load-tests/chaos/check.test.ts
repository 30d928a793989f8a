import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkHistory } from './check.ts';
import type { Promised } from './facts.ts';
import type { Entry, Line } from './history.ts';

const ROOM = 'r1';
const READERS = ['a', 'b'];

/** A run in which everything was kept: `cuts` says after which numbers a reader came back, and how. */
interface Story {
  readonly facts: number;
  readonly cuts: readonly { readonly reader: number; readonly after: number; readonly snapshot: boolean }[];
}

const story: fc.Arbitrary<Story> = fc.record({
  facts: fc.integer({ min: 6, max: 30 }),
  cuts: fc.array(
    fc.record({ reader: fc.nat(1), after: fc.integer({ min: 1, max: 30 }), snapshot: fc.boolean() }),
    { maxLength: 4 },
  ),
});

function entry(seq: number): Entry {
  return { seq, epoch: 1 + Math.floor(seq / 10), commandId: `c${seq}`, digest: `d${seq}`, roomMs: seq * 10 };
}

function tell({ facts, cuts }: Story): Line[] {
  const lines: Line[] = [
    {
      t: 'run',
      wishes: { seed: 1, faults: 2, storm: false },
      schedule: [
        { n: 0, at: 1, kind: 'disk', forMs: 3_000 },
        { n: 1, at: 5, kind: 'repeat', client: 0 },
      ],
      date: '',
      left: [],
    },
    { t: 'fault', at: 0, n: 0, what: 'begin' },
    { t: 'fault', at: 1, n: 1, what: 'begin' },
    { t: 'fault', at: 1, n: 1, what: 'end' },
    { t: 'alarm', at: 2, code: 'shed' },
  ];
  const entries = Array.from({ length: facts }, (_, index) => entry(index + 1));
  for (const each of entries) {
    const [op, at] = [`op${each.seq}`, each.seq * 10];
    lines.push(
      { t: 'invoke', at, op, client: 'w', room: ROOM, commandId: `c${each.seq}`, method: 'chat.send' },
      { t: 'ok', at: at + 5, op, result: `m${each.seq}` },
      { t: 'ok', at: at + 6, op, result: `m${each.seq}` },
    );
  }
  for (const [reader, client] of READERS.entries()) lines.push(...read(entries, client, reader, cuts));
  lines.push({ t: 'fault', at: 4_000, n: 0, what: 'end' });
  for (const client of READERS)
    lines.push({ t: 'settled', at: 5_000, client, room: ROOM, seq: facts, head: facts });
  lines.push(
    { t: 'node', at: 10, boot: 'n', room: ROOM, epoch: 1 },
    { t: 'node', at: 20, boot: 'n', room: ROOM, epoch: 2 },
  );
  lines.push({ t: 'flows', at: 5_000, again: true });
  const seqs = entries.map(({ seq }) => seq);
  lines.push({
    t: 'package',
    at: 6_000,
    room: ROOM,
    state: 'sealed',
    seqs,
    findings: [],
    segments: 4,
    undecoded: 0,
  });
  lines.push({ t: 'log', at: 7_000, room: ROOM, entries, whole: true });
  return lines;
}

function read(entries: readonly Entry[], client: string, reader: number, cuts: Story['cuts']): Line[] {
  const lines: Line[] = [{ t: 'joined', at: 1, client, room: ROOM, connection: 0, seq: 0, snapshot: true }];
  let missed = 0;
  for (const each of entries) {
    const cut = cuts.find((one) => one.reader === reader && one.after === each.seq);
    if (cut?.snapshot && missed === 0 && each.seq > 3) {
      // This one came while it was away, and the snapshot stands behind it.
      missed = 1;
      lines.push({
        t: 'joined',
        at: 1,
        client,
        room: ROOM,
        connection: 1,
        since: each.seq - 1,
        seq: each.seq,
        snapshot: true,
      });
      continue;
    }
    if (cut)
      lines.push({
        t: 'joined',
        at: 1,
        client,
        room: ROOM,
        connection: 1,
        since: each.seq - 1,
        seq: each.seq,
        snapshot: false,
      });
    lines.push({
      t: 'entry',
      at: 1,
      client,
      room: ROOM,
      connection: 0,
      entry: each.seq % 4 === 0 ? { seq: each.seq } : each,
    });
  }
  return lines;
}

const promisesOf = (lines: readonly Line[]) => new Set(checkHistory(lines).map(({ promise }) => promise));

/** Everything that can be planted in a history, with the promise it violates. `n` chooses the place. */
const PLANTED: Readonly<Record<string, readonly [Promised, (lines: Line[], n: number) => Line[]]>> = {
  'a fact that was acknowledged and is gone': [
    'lost',
    (lines, n) => inLog(lines, (all) => renumber(without(all, n))),
  ],
  'a fact kept aside, as the log says': [
    'set-aside',
    (lines, n) =>
      inLog(lines, (all) =>
        renumber(without(all, n)).map((one, i) => (i === 0 ? { ...one, missingAfter: 1 } : one)),
      ),
  ],
  'a command written twice': [
    'duplicated',
    (lines, n) =>
      inLog(lines, (all) => renumber([...all, { ...at(all, n), seq: 0, epoch: 9, roomMs: 9_999 }])),
  ],
  'two facts in the other order': [
    'reordered',
    (lines, n) =>
      inLog(lines, (all) => {
        const index = n % (all.length - 1);
        const [one, two] = [at(all, index), at(all, index + 1)];
        return all.map((each, i) =>
          i === index
            ? { ...each, commandId: `${two.commandId}` }
            : i === index + 1
              ? { ...each, commandId: `${one.commandId}` }
              : each,
        );
      }),
  ],
  'a refused command in the log': [
    'refused-yet-written',
    (lines, n) => {
      const op = `op${1 + (n % 6)}`;
      return [
        ...lines.filter((each) => !(each.t === 'ok' && each.op === op)),
        { t: 'fail', at: 9, op, code: 'conflict' },
      ];
    },
  ],
  'another answer to a repeat': [
    'two-answers',
    (lines, n) => [...lines, { t: 'ok', at: 99, op: `op${1 + (n % 6)}`, result: 'other' }],
  ],
  'an entry that a reader did not get': ['gap', (lines, n) => shown(lines, n, () => [])],
  'an entry that a reader got twice': ['gap', (lines, n) => shown(lines, n, (each) => [each, each])],
  'another entry than the log has': [
    'phantom',
    (lines, n) =>
      shown(lines, n, (each) =>
        each.t === 'entry' ? [{ ...each, entry: { ...each.entry, digest: 'other' } }] : [each],
      ),
  ],
  'an entry that is not in the log': [
    'phantom',
    (lines) => [
      ...lines,
      { t: 'entry', at: 1, client: 'a', room: ROOM, connection: 0, entry: { ...entry(99), epoch: 9 } },
    ],
  ],
  'a reader that stays behind': [
    'behind',
    (lines) =>
      lines.map((each) =>
        each.t === 'settled' && each.client === 'b' ? { ...each, seq: each.seq - 1 } : each,
      ),
  ],
  'a hole in the log': [
    'log-hole',
    (lines, n) => inLog(lines, (all) => without(all, 1 + (n % (all.length - 2)))),
  ],
  'a broken chain': [
    'log-hole',
    (lines) => lines.map((each) => (each.t === 'log' ? { ...each, whole: false } : each)),
  ],
  'an older epoch behind a newer one': [
    'epoch',
    (lines, n) =>
      inLog(lines, (all) =>
        all.map((each, i) => (i === n % (all.length - 1) ? { ...each, epoch: 99 } : each)),
      ),
  ],
  'a node that obeys an older owner': [
    'epoch',
    (lines) => [...lines, { t: 'node', at: 30, boot: 'n', room: ROOM, epoch: 1 }],
  ],
  'room time that goes back': [
    'room-time',
    (lines, n) =>
      inLog(lines, (all) =>
        all.map((each, i) => (i === n % (all.length - 1) ? { ...each, roomMs: 1e6 } : each)),
      ),
  ],
  'a fact that the recorder lacks': [
    'recorder-facts',
    (lines, n) =>
      lines.map((each) =>
        each.t === 'package' ? { ...each, seqs: each.seqs.filter((_, i) => i !== n % 6) } : each,
      ),
  ],
  'a fact that the recorder has twice': [
    'recorder-facts',
    (lines) => lines.map((each) => (each.t === 'package' ? { ...each, seqs: [1, ...each.seqs] } : each)),
  ],
  'a package that is not sealed': [
    'recorder-package',
    (lines) => lines.map((each) => (each.t === 'package' ? { ...each, state: 'recording' } : each)),
  ],
  'a segment that does not play': [
    'recorder-package',
    (lines) => lines.map((each) => (each.t === 'package' ? { ...each, undecoded: 1 } : each)),
  ],
  'a full disk that nobody was told of': ['alarm', (lines) => lines.filter((each) => each.t !== 'alarm')],
  'media that stays away': [
    'media-back',
    (lines) => lines.map((each) => (each.t === 'flows' ? { ...each, again: false } : each)),
  ],
  'a fault that was not done': [
    'injected',
    (lines) => lines.filter((each) => !(each.t === 'fault' && each.n === 1 && each.what === 'end')),
  ],
};

describe('The judge of histories', () => {
  it('finds nothing in a history in which everything was kept', () => {
    fc.assert(fc.property(story, (told) => assert.deepEqual(checkHistory(tell(told)), [])));
  });

  for (const [name, [promise, plant]] of Object.entries(PLANTED)) {
    it(`finds ${name}`, () => {
      fc.assert(
        fc.property(story, fc.nat(1_000), (told, n) => {
          const found = promisesOf(plant(tell(told), n));
          assert.ok(found.has(promise), `${[...found].join()} without ${promise}`);
        }),
      );
    });
  }

  it('takes a command that was given up either way', () => {
    const lines = tell({ facts: 8, cuts: [] });
    const invoke = {
      t: 'invoke',
      at: 1,
      op: 'late',
      client: 'w',
      room: ROOM,
      commandId: 'late',
      method: 'chat.send',
    } as const;
    const unknown = { t: 'unknown', at: 2, op: 'late', why: 'no answer' } as const;
    assert.deepEqual(checkHistory([...lines, invoke, unknown]), []);
    const written = inLog(lines, (all) => [...all, { ...entry(9), commandId: 'late' }]);
    const handed = written.map((each) =>
      each.t === 'package' ? { ...each, seqs: [...each.seqs, 9] } : each,
    );
    assert.deepEqual(checkHistory([...handed, invoke, unknown]), []);
  });
});

function at(all: readonly Entry[], n: number): Entry {
  return all[n % all.length] ?? assert.fail();
}

function without(all: readonly Entry[], n: number): Entry[] {
  return all.filter((_, index) => index !== n % all.length);
}

function renumber(all: readonly Entry[]): Entry[] {
  return all.map((each, index) => ({ ...each, seq: index + 1 }));
}

function inLog(lines: readonly Line[], change: (entries: readonly Entry[]) => Entry[]): Line[] {
  return lines.map((each) => (each.t === 'log' ? { ...each, entries: change(each.entries) } : each));
}

/** Changes one entry that was shown in full and is neither a reader's last one nor before its return. */
function shown(lines: readonly Line[], n: number, change: (line: Line) => Line[]): Line[] {
  const places = lines.flatMap((each, index) => {
    const next = lines[index + 1];
    return each.t === 'entry' &&
      each.entry.digest !== undefined &&
      next?.t === 'entry' &&
      next.client === each.client
      ? [index]
      : [];
  });
  const place = places[n % places.length];
  return lines.flatMap((each, index) => (index === place ? change(each) : [each]));
}
