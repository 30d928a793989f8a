import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isAppError } from '../../platform/errors.ts';
import { isInAudience, type Viewer } from '../protocol/audience.ts';
import { entryFor, type LogEntry, type ReadableEntry } from '../protocol/entry.ts';
import type { RoomEvent } from '../protocol/events.ts';
import { evolve } from '../protocol/evolve.ts';
import { initialRoomState } from '../protocol/state.ts';
import { deciders } from './deciders/deciders.ts';
import { Folds } from './folds.ts';
import { chest, volunteer } from './testing/command-parts.ts';
import { randomCommand, randomMarkCommand } from './testing/commands.ts';
import { bystander, people, person } from './testing/people.ts';
import { historyOf } from './testing/random-history.ts';
import { SECRET_NUMBER } from './testing/scene-commands.ts';

const seed = 120;
const ofCare = fc.array(randomCommand, { minLength: 60, maxLength: 150 });
const ofMarks = fc.array(randomMarkCommand, { minLength: 30, maxLength: 80 });
const commands = fc.oneof({ weight: 3, arbitrary: ofCare }, { weight: 1, arbitrary: ofMarks });

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) freeze(inner);
  }
  return value;
}

const hide = (entry: LogEntry): ReadableEntry => ({ seq: entry.seq, hidden: true });

describe('evolve', function () {
  this.timeout(60_000);

  it('folds any entries with any of them hidden, and the number is always that of the last', () => {
    const property = fc.property(commands, fc.infiniteStream(fc.boolean()), (given, hidden) => {
      const { entries } = historyOf(given);
      let state = initialRoomState();
      for (const entry of entries) {
        state = evolve(state, hidden.next().value ? hide(entry) : entry);
        assert.equal(state.seq, entry.seq);
      }
    });
    fc.assert(property, { seed, numRuns: 150 });
  });

  it('takes facts about things it never heard of', () => {
    const property = fc.property(commands, (given) => {
      const { entries } = historyOf(given);
      entries
        .toReversed()
        .reduce((state, entry, index) => evolve(state, { ...entry, seq: index + 1 }), initialRoomState());
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it('changes nothing by an entry it has folded already', () => {
    const property = fc.property(commands, fc.nat(), (given, which) => {
      const { entries, states } = historyOf(given);
      const state = states.at(-1) ?? initialRoomState();
      const entry = entries[which % entries.length];
      assert.ok(entry);
      assert.equal(evolve(state, entry), state);
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it('never changes what it is given', () => {
    const property = fc.property(commands, (given) => {
      let state = freeze(initialRoomState());
      for (const entry of historyOf(given).entries) state = freeze(evolve(state, freeze(entry)));
    });
    fc.assert(property, { seed, numRuns: 50 });
  });

  it('makes of a snapshot through JSON and the tail what it makes of all entries', () => {
    const property = fc.property(commands, fc.nat(), (given, cut) => {
      const { entries, states } = historyOf(given);
      const at = cut % entries.length;
      const snapshot = JSON.parse(JSON.stringify(states[at]));
      assert.deepEqual(entries.slice(at + 1).reduce(evolve, snapshot), states.at(-1));
    });
    fc.assert(property, { seed, numRuns: 50 });
  });
});

describe('Folds', function () {
  this.timeout(60_000);

  it('give every viewer what folding its own entries gives, asked at any moment and in any order', () => {
    const viewers: Viewer[] = [
      ...people,
      person('twin', 'bystander', 'public'),
      person('other', 'specialist', 'x'),
    ];
    const asks = fc.array(fc.tuple(fc.nat(viewers.length - 1), fc.nat(200)), { minLength: 3, maxLength: 12 });
    const property = fc.property(commands, asks, (given, asked) => {
      const { entries } = historyOf(given);
      const folds = new Folds();
      let known = 0;
      for (const [index, upTo] of asked.toSorted((a, b) => a[1] - b[1])) {
        const viewer = viewers[index];
        const end = Math.min(upTo, entries.length);
        assert.ok(viewer);
        for (; known < end; known++) folds.note(entries[known] ?? assert.fail());
        const readable = entries.slice(0, known).map((entry) => entryFor(viewer, entry));
        const expected = readable.reduce(evolve, initialRoomState());
        assert.deepEqual(folds.snapshot(viewer, entries.slice(0, known)).state, expected);
      }
    });
    fc.assert(property, { seed, numRuns: 100 });
  });
});

describe('Deciders', function () {
  this.timeout(60_000);

  it('meet random commands with facts that parse or with coded refusals that say what to do', () => {
    const accepted = new Set<string>();
    const meets = (given: Parameters<typeof historyOf>[0]) => {
      const history = historyOf(given);
      for (const name of history.accepted) accepted.add(name);
      for (const refusal of history.refusals) {
        assert.ok(isAppError(refusal) && refusal.status < 500 && refusal.whatToDo, String(refusal));
      }
    };
    fc.assert(fc.property(ofCare, meets), { seed, numRuns: 300 });
    fc.assert(fc.property(ofMarks, meets), { seed, numRuns: 100 });
    assert.deepEqual(
      [...accepted].sort(),
      Object.keys(deciders).sort(),
      'each command was accepted at least once',
    );
  });

  it('show a bystander nothing but what is for everyone, for the public at the scene, or its own', () => {
    const property = fc.property(commands, (given) => {
      for (const entry of historyOf(given).entries) {
        if (!isInAudience(bystander, entry.audience) || entry.audience === 'everyone') continue;
        for (const event of entry.events) assert.ok(isForBystander(event), JSON.stringify(event));
      }
    });
    fc.assert(property, { seed, numRuns: 200 });
  });

  it('tell no telephone number and no measure to anybody at the scene', () => {
    const property = fc.property(commands, (given) => {
      const { entries } = historyOf(given);
      for (const viewer of [bystander, chest, volunteer]) {
        const read = entries.filter(({ audience }) => isInAudience(viewer, audience));
        const state = read.reduce(evolve, initialRoomState());
        assert.ok(!JSON.stringify([read, state]).includes(SECRET_NUMBER));
        const { flags, summaries, clocks } = state.bystander.cpr;
        assert.deepEqual([flags, summaries, clocks], [{}, [], {}]);
      }
    });
    fc.assert(property, { seed, numRuns: 100 });
  });

  it('keep the metronome within 100 to 120 and in step, whatever is sent', () => {
    const property = fc.property(commands, (given) => {
      const { states, entries } = historyOf(given);
      for (const [index, { bystander: now }] of states.entries()) {
        const before = states[index - 1]?.bystander.metronome;
        const { metronome } = now;
        if (!metronome) continue;
        assert.ok(metronome.rate >= 100 && metronome.rate <= 120, String(metronome.rate));
        const goesOn =
          before?.on && metronome.on && before.mode === metronome.mode && metronome.mode !== '30:2';
        if (!goesOn || before === metronome) continue;
        const at = entries[index]?.at ?? 0;
        const beats = (set: typeof before) => ((at - set.at) * set.rate) / 60_000;
        assert.ok(Math.abs(beats(before) - beats(metronome)) < 1e-6);
      }
    });
    fc.assert(property, { seed, numRuns: 200 });
  });

  it('never give a patient number twice', () => {
    const property = fc.property(commands, (given) => {
      const numbers = historyOf(given).entries.flatMap((entry) =>
        entry.events.flatMap((event) =>
          event.type === 'PatientAdded' || event.type === 'PatientMovedIn' ? [event.patientId] : [],
        ),
      );
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => `P${index + 1}`),
      );
    });
    fc.assert(property, { seed, numRuns: 50 });
  });
});

/** What somebody who came by a link may read beside what everyone reads. */
function isForBystander(event: RoomEvent): boolean {
  switch (event.type) {
    case 'MessageSent':
      return event.peerId === bystander.peerId || event.to === 'bystanders';
    case 'PageReported':
    case 'LocationReported':
    case 'PhotoAdded':
    case 'BystanderAsked':
    case 'GuidanceShown':
    case 'NoticeAccepted':
    case 'BystanderReleased':
      return event.peerId === bystander.peerId;
    case 'GuidancePushed':
      return event.peerId === undefined || event.peerId === bystander.peerId;
    case 'LinkBound':
    case 'LinkEnded':
      return event.linkId === `link-${bystander.principalId}`;
    case 'HelpCalled':
      return event.by === 'system';
    default:
      return [
        'MessageReceipt',
        'BystanderAnswered',
        'GuidanceCleared',
        'MetronomeSet',
        'CprMarked',
        'HelpRinging',
        'HelpSeen',
        'HelpAnswered',
        'HelpEnded',
      ].includes(event.type);
  }
}
