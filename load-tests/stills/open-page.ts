/** A crew that films in a room and a coordinator who may draw, each at the page of stills. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import type { Browser } from '../browser/chromium.ts';
import { pagesOf } from '../harness/build.ts';
import { eventually, seen, signIn } from '../proof/cast.ts';
import type { Stack } from '../stack/stack.ts';
import type { FetchedStill } from './page.ts';

/** The folder of the built page. */
export function stillsPages(): Promise<string> {
  return pagesOf(join(import.meta.dirname, 'page.ts'));
}

export interface Room {
  readonly crew: Page;
  readonly doctor: Page;
}

export interface Seat {
  readonly origin: string;
  readonly browser: Browser;
}

/** Both are in the room, the crew's camera is shown in this size at the doctor's, and its frames are kept. */
export async function openRoom(
  stack: Stack,
  seats: { crew: Seat; doctor: Seat },
  size: { width: number; height: number },
): Promise<Room> {
  const organisations = Object.values(stack.demo.organisations);
  const room = { incidentId: 'stills', title: 'Wound', drill: true, organisations };
  const { roomId } = await stack.signaling.rooms.create(room, SYSTEM);
  const { demo } = stack;
  const crew = await signIn({ origin: seats.crew.origin, demo }, seats.crew.browser, 'paramedic');
  const doctor = await signIn({ origin: seats.doctor.origin, demo }, seats.doctor.browser, 'doctor');
  await crew.evaluate((id) => window.harness.join(id), roomId);
  await crew.evaluate(() => window.harness.publishCamera());
  await crew.evaluate(() => window.stills.keep());
  await doctor.evaluate((id) => window.harness.join(id, { role: 'coordinator' }), roomId);
  await doctor.evaluate(({ width, height }) => window.harness.setSize(width, height), size);
  await eventually(
    () => doctor.evaluate(seen),
    ([picture]) => (picture?.frames ?? 0) > 10,
    'a picture',
    120_000,
  );
  return { crew, doctor };
}

/**
 * Puts the pen down in the middle of the picture and waits until nothing more comes. On a machine that is busy with other things
 * the device keeps too few frames, and says `too-old`: the pen is put down again, as a person would.
 */
export async function fetchOne(doctor: Page, mediaMs?: number): Promise<FetchedStill> {
  for (let tries = 1; ; tries += 1) {
    await doctor.evaluate((at) => window.stills.begin({ x: 0.5, y: 0.5 }, at), mediaMs);
    await doctor.evaluate(() => window.stills.ended());
    const fetched = await doctor.evaluate(() => window.stills.fetched());
    if (!fetched) throw new Error('nothing was fetched');
    const mayComeLater = fetched.reason === 'too-old' && mediaMs === undefined && tries < 10;
    if (!mayComeLater) return fetched;
  }
}
