/**
 * Takes the pictures of the README, by hand: `node load-tests/pages/screenshots.ts [FOLDER] [review | bystander | marks]`, with
 * the last word those of recordings, of bystander and dispatcher, or of glasses and marks, alone. The pages are those that
 * people use, on the running service with the demo's people and its generated picture; a phone and a desktop of each.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { projectRoot, setUp } from '../../platform/setup/index.ts';
import type { Emergency } from '../demo/emergency.ts';
import { SIZES, shoot } from './shoot.ts';

const PATIENCE_MS = 60_000;

/** A page of a browser profile of its own. */
async function openProfile({ doctor }: Emergency): Promise<Page> {
  const browser = doctor.context().browser();
  if (browser === null) throw new Error('the doctor has no browser');
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    locale: 'en-GB',
    viewport: SIZES.desktop,
    permissions: ['camera', 'microphone'],
  });
  return context.newPage();
}

async function openSignedIn(
  emergency: Emergency,
  page: Page,
  username: string,
  home = '**/rooms',
): Promise<void> {
  const person = emergency.stack.demo.people.find((each) => each.username === username);
  if (!person) throw new Error(`the demo has no ${username}`);
  await page.goto(`${emergency.stack.origin}/`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(home, { timeout: PATIENCE_MS });
}

/** Pages that are seen before a room. */
async function shootDoors(emergency: Emergency, folder: string): Promise<void> {
  const { origin, demo } = emergency.stack;
  const page = await openProfile(emergency);
  const doors = { 'sign-in': '/', trust: '/trust', enrol: '/enrol', join: '/join#AAAAAAAAAAAAAAAAAAAAAAAA' };
  for (const [name, path] of Object.entries(doors)) {
    await page.goto('about:blank');
    await page.goto(`${origin}${path}`);
    await page.waitForSelector('h1');
    await shoot(page, name, folder);
  }
  const secret = demo.units[1]?.enrolment.secret ?? '';
  await page.goto('about:blank');
  await page.goto(`${origin}/enrol#${secret}`);
  await page.getByLabel(/device/i).fill('Vehicle tablet');
  await page.getByRole('button', { name: 'Enrol' }).click();
  await page.waitForURL('**/unit', { timeout: PATIENCE_MS });
  await shoot(page, 'unit', folder);
  await page.context().close();
}

/** The list of rooms, and the link check of somebody who goes live by hand. */
async function shootWayIn(emergency: Emergency, folder: string): Promise<void> {
  const page = await openProfile(emergency);
  await openSignedIn(emergency, page, 'paramedic');
  await page.waitForSelector(`a[href="/ambulance/${emergency.roomId}"]`, { timeout: PATIENCE_MS });
  await shoot(page, 'rooms', folder);
  await page.goto(`${emergency.stack.origin}/ambulance/${emergency.roomId}`);
  await page.getByRole('button', { name: 'Check again' }).waitFor({ timeout: PATIENCE_MS });
  await shoot(page, 'pre-check', folder);
  await page.context().close();
}

/** The recording of the room so far, and the audit of whoever looked at it. */
async function shootReview(emergency: Emergency, folder: string): Promise<void> {
  const page = await openProfile(emergency);
  await openSignedIn(emergency, page, 'reviewer', '**/review');
  await page.waitForSelector('.recording-row h2', { timeout: PATIENCE_MS });
  await shoot(page, 'recordings', folder);
  await page.goto(`${emergency.stack.origin}/review/${emergency.roomId}`);
  await page.fill('dialog input[name=reason]', 'Monthly review of chest pain');
  await page.press('dialog input[name=reason]', 'Enter');
  const isShown = () =>
    (document.querySelector<HTMLVideoElement>('.review-tile.large video')?.readyState ?? 0) >= 2;
  await page.waitForFunction(isShown, undefined, { timeout: PATIENCE_MS });
  await page.getByRole('button', { name: 'On 5 seconds' }).click();
  await shoot(page, 'review', folder);
  await page.context().close();
  const auditor = await openProfile(emergency);
  await openSignedIn(emergency, auditor, 'auditor', '**/audit');
  await auditor.waitForSelector('.audit-table', { timeout: PATIENCE_MS });
  await shoot(auditor, 'audit', folder);
  await auditor.context().close();
}

/** What crew and doctor do in a room, so that its pages show something. */
async function act(emergency: Emergency): Promise<void> {
  const { ambulance, doctor } = emergency;
  await nameThePatient(emergency);
  const text = 'What is the blood pressure?';
  await doctor.locator('.catch-up button').first().click({ timeout: PATIENCE_MS });
  const field = doctor.getByRole('textbox', { name: /message/i });
  await field.fill(text);
  await field.press('Enter');
  await ambulance.getByText(text).first().waitFor({ timeout: PATIENCE_MS });
  for (const key of (await ambulance.locator('.node-keys button').all()).slice(0, 2)) await key.click();
}

/** Waits for 1080 lines at the doctor's, at desktop size. */
async function untilSharp({ doctor }: Emergency): Promise<void> {
  await doctor.setViewportSize(SIZES.desktop);
  // A smaller window than this is sent 540 lines, which fit it.
  const isSharp = () => [...document.querySelectorAll('video')].some((video) => video.videoHeight >= 1080);
  await doctor.waitForFunction(isSharp, undefined, { timeout: PATIENCE_MS }).catch(() => {
    process.stderr.write('  This machine is too busy for a sharp picture; take them again when it is not.\n');
  });
}

/** A patient, their camera and an order, as the crew and the doctor would state them. */
async function nameThePatient({ stack, roomId }: Emergency): Promise<void> {
  const room = stack.signaling.rooms.at(roomId);
  const { peers, sources } = await room.state();
  const who = (role: string) => Object.values(peers).find((peer) => peer.role === role);
  const [crew, doctor] = [who('crew'), who('coordinator')];
  if (!crew || !doctor) throw new Error('the room lacks its crew or its doctor');
  const { patientId } = await room.execute('patient.add', { description: 'Woman, about 60' }, crew);
  for (const { producerId, peerId } of Object.values(sources)) {
    if (peerId === crew.peerId) await room.execute('source.change', { producerId, patientId }, crew);
  }
  await room.execute('order.give', { text: 'Aspirin 300 mg by mouth', patientId }, doctor);
}

/** The pages of the room, as its people see them. */
async function shootRoom(emergency: Emergency, folder: string): Promise<void> {
  await shoot(emergency.ambulance, 'ambulance', folder);
  await untilSharp(emergency);
  await shoot(emergency.doctor, 'consult', folder);
  // Shortcuts are heard when no field has the focus.
  await emergency.doctor.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await emergency.doctor.keyboard.press('l');
  await emergency.doctor.waitForSelector('.graph', { timeout: PATIENCE_MS });
  await untilSharp(emergency);
  await shoot(emergency.doctor, 'connection', folder);
  await shootDoors(emergency, folder);
  await shootWayIn(emergency, folder);
}

/** Ambulance, consultation, ways in and recordings; of recordings alone where only these are wanted. */
async function takeEmergency(folder: string, onlyReview: boolean): Promise<void> {
  // Loaded only now: set-up says where the media worker is, and mediasoup reads that as it is loaded.
  const { playEmergency } = await import('../demo/emergency.ts');
  const emergency = await playEmergency({ port: 0, onStep: (text) => process.stderr.write(`  ${text}\n`) });
  try {
    await act(emergency);
    if (!onlyReview) await shootRoom(emergency, folder);
    await shootReview(emergency, folder);
  } finally {
    await emergency.close();
  }
}

const [, , folder = join(projectRoot, 'docs', 'screenshots'), only] = process.argv;
await mkdir(folder, { recursive: true });
await setUp({ profile: 'demo' });
if (only === undefined || only === 'review') await takeEmergency(folder, only === 'review');
if (only === undefined || only === 'bystander') {
  const { takeBystander } = await import('./screenshots-bystander.ts');
  await takeBystander(folder);
}
if (only === undefined || only === 'marks') {
  const { takeMarks } = await import('./screenshots-marks.ts');
  await takeMarks(folder);
}
