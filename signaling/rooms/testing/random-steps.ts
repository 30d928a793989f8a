/** Steps of the property test: commands, failures, crashes and pauses, mixed so that they meet. */
import fc from 'fast-check';
import type { RoomAddress } from '../types.ts';
import type { Fault } from './faulty-store.ts';
import type { TestPerson } from './people.ts';

export type Step =
  | { type: 'command'; process: number; who: number; what: number; wait: boolean }
  | { type: 'repeat'; process: number; which: number }
  | { type: 'fault'; process: number; faults: Fault[] }
  | { type: 'away'; process: number; away: boolean }
  | { type: 'crash'; process: number; away: boolean }
  | { type: 'time'; leases: number }
  | { type: 'tend'; process: number }
  | { type: 'late'; process: number }
  | { type: 'reader'; reader: number; process: number; fresh: boolean };

// Mostly the first process, so that rooms live long enough between two takeovers for something to happen in them.
const process_ = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });
const fault = fc.constantFrom('ok' as const, 'before' as const, 'after' as const, 'late' as const);
export const randomStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant('command' as const),
      process: process_,
      who: fc.nat(3),
      what: fc.nat(4),
      wait: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('repeat' as const), process: process_, which: fc.nat(30) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('fault' as const),
      process: process_,
      faults: fc.array(fault, { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('away' as const), process: process_, away: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('crash' as const),
      process: process_,
      away: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('time' as const), leases: fc.constantFrom(0, 1, 3) }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('tend' as const), process: process_ }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('late' as const), process: process_ }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('reader' as const),
      reader: fc.nat(3),
      process: process_,
      fresh: fc.boolean(),
    }),
  },
);

/** Commands that always write facts when they are accepted; texts are unique, so that doubles show. */
export function runCommand(
  room: RoomAddress,
  what: number,
  who: TestPerson,
  commandId: string,
): Promise<unknown> {
  const text = `${commandId} clinical words by ${who.principalId}`;
  switch (what) {
    case 0:
      return room.execute('chat.send', { text, patientId: 'scene', to: 'clinical' }, who, commandId);
    case 1:
      return room.execute(
        'chat.send',
        { text: `${commandId} for all`, patientId: 'P1', to: 'room' },
        who,
        commandId,
      );
    case 2:
      return room.execute('order.give', { text, patientId: 'P1' }, who, commandId);
    case 3:
      return room.execute(
        'patient.moveIn',
        { fromRoomId: 'elsewhere', formerPatientId: `P${commandId.slice(2)}1`, identity: { name: text } },
        who,
        commandId,
      );
    default:
      return room.execute('patient.add', { description: text }, who, commandId);
  }
}
