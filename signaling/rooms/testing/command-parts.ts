/** What random commands are made of: few ids, few people, so that many of them meet. */
import fc from 'fast-check';
import type { RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams } from '../commands.ts';
import { deciders } from '../deciders/deciders.ts';
import { type Actor, type Decision, type Now, SYSTEM } from '../types.ts';
import { bystander, crew, dispatcher, doctor, people, person } from './people.ts';

/** One command of one actor, with everything but the state it meets. */
export interface RandomCommand {
  readonly command: RoomCommand;
  readonly actor: Actor;
  decide(state: RoomState, now: Now): Decision<unknown>;
}

/** UTC at the start of every random history. */
export const START = Date.UTC(2026, 0, 1);
export const reviewer = person('reviewer', 'reviewer', 'centre');
export const coordinator = person('coordinator', 'coordinator', 'heart-hospital');
/** A second phone, on the chest, and somebody who lives near: both came by links too. */
export const chest = person('chest', 'bystander', 'public');
export const volunteer = person('volunteer', 'volunteer', 'public');
export const everyone = [...people, reviewer, coordinator, chest, volunteer];
export const actor: fc.Arbitrary<Actor> = fc.constantFrom(
  crew,
  doctor,
  dispatcher,
  bystander,
  reviewer,
  coordinator,
  chest,
  volunteer,
  SYSTEM,
);
export const peerId = fc.constantFrom(...everyone.map((who) => who.peerId), 'peer-nobody');
export const producerId = fc.constantFrom('cam-1', 'cam-2', 'mic-1');
export const patientId = fc.constantFrom('P1', 'P1', 'P2');
export const patientRef = fc.constantFrom('P1', 'P2', 'scene');
export const text = fc.constantFrom('one', 'two');
export const small = fc.nat(30);
export const id = (letter: string) => small.map((n) => `${letter}${n}`);
export const utc = fc.constantFrom(START, START + 300_000, START - 400 * 86_400_000);
export const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
export const drug = fc.constant({ name: 'adrenaline', dose: 1, unit: 'mg', route: 'iv' });
export const source = fc.record({
  role: fc.constant('patient' as const),
  label: text,
  patientId: patientRef,
});

export function commandOf<C extends RoomCommand>(command: C, params: fc.Arbitrary<RoomCommandParams<C>>) {
  return fc.tuple(params, actor).map(
    ([given, who]): RandomCommand => ({
      command,
      actor: who,
      decide: (state, now) => deciders[command](state, given, who, now),
    }),
  );
}

/** A command about something that exists, when there is any. */
export function commandOn<C extends RoomCommand>(
  command: C,
  existing: (state: RoomState) => readonly string[],
  params: (id: string, n: number) => RoomCommandParams<C>,
) {
  return fc.tuple(small, actor).map(
    ([n, who]): RandomCommand => ({
      command,
      actor: who,
      decide: (state, now) => {
        const ids = existing(state);
        return deciders[command](state, params(ids[n % Math.max(1, ids.length)] ?? 'x1', n), who, now);
      },
    }),
  );
}
