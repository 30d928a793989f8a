/** The people of a small city on a stage: a centre, an ambulance service with one unit, two hospitals. */

import type { SocketConfig } from '../config.ts';
import type { TestClient } from './client.ts';
import { Stage, type TestPerson } from './stage.ts';

export interface City {
  readonly stage: Stage;
  readonly organisations: Readonly<Record<'centre' | 'operator' | 'receiving' | 'foreign', string>>;
  readonly unitId: string;
  readonly dispatcher: TestPerson;
  readonly crew: TestPerson;
  readonly coordinator: TestPerson;
  readonly specialist: TestPerson;
  /** A duty doctor of a hospital that has nothing to do with it. */
  readonly stranger: TestPerson;
  /** Opens a room for the unit that the receiving hospital sees. */
  openRoom(title?: string): Promise<string>;
}

export async function openCity(config: Partial<SocketConfig> = {}): Promise<City> {
  const stage = await Stage.open(config);
  const organisations = {
    centre: await stage.organisation('Centre', 'centre'),
    operator: await stage.organisation('Ambulances', 'unit-operator'),
    receiving: await stage.organisation('Riverside', 'hospital'),
    foreign: await stage.organisation('Faraway', 'hospital'),
  };
  const unitId = await stage.unit('Ambulance 1', organisations.operator);
  const dispatcher = await stage.person('dispatcher', organisations.centre);
  let office: TestClient | undefined;
  return {
    stage,
    organisations,
    unitId,
    dispatcher,
    crew: await stage.device(unitId, 'Tablet'),
    coordinator: await stage.person('coordinator', organisations.receiving),
    specialist: await stage.person('specialist', organisations.receiving),
    stranger: await stage.person(['coordinator', 'specialist'], organisations.foreign),
    async openRoom(title = 'Chest pain') {
      office ??= await dispatcher.connect();
      const { roomId } = await office.request('room.create', {
        title,
        drill: false,
        unitId,
        organisations: [organisations.receiving],
      });
      return roomId;
    },
  };
}
