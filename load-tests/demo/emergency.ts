/**
 * The demo: an emergency played on this machine with no hardware, through the pages that people use. A bystander films by
 * a link, an enrolled ambulance goes live by itself with a generated 4K picture and speech, calls for help, and a doctor answers.
 */
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { patientFile, speechFile, UHD } from '../media/fixtures.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { beginWithBystander, sendHelp, thankBystander } from './bystander.ts';

export interface DemoOptions {
  /** Port of the pages; 0 takes a free one. */
  readonly port: number;
  /** Where the pages listen, and where media is received; loopback unless told. */
  readonly host?: string;
  /** Ends it early: what waits then rejects, and everything is closed. */
  readonly signal?: AbortSignal;
  /** Called with each step in words, as it happens. */
  readonly onStep: (text: string) => void;
}

export interface Emergency {
  readonly stack: Stack;
  readonly roomId: string;
  readonly ambulance: Page;
  readonly doctor: Page;
  /** From the bystander's opening of the link to the dispatcher's first frame, in milliseconds. */
  readonly bystanderFrameMs: number;
  /** From the doctor's "Answer" to the first frame on their screen, in milliseconds. */
  readonly firstFrameMs: number;
  close(): Promise<void>;
}

/** Where the emergency happens; both pages are asked for English, since the demo presses keys by their names. */
const CONTEXT = { locale: 'en-GB', viewport: { width: 1920, height: 1080 } } as const;
/** A page may be slow where two browsers share two cores with a 4K encoder. */
const PATIENCE_MS = 120_000;

/** Plays it up to the doctor's first frame; rejects with what did not happen, having closed everything. */
export async function playEmergency({ port, host, signal, onStep }: DemoOptions): Promise<Emergency> {
  onStep('Making a 4K picture and speech');
  const camera = await patientFile(UHD);
  const microphone = await speechFile();
  onStep('Starting the service on throwaway data');
  const stack = await startStack({
    args: ['--http.port', String(port)],
    ...(host === undefined ? {} : { host }),
  });
  let browser: Browser | undefined;
  const leave = () => void browser?.close();
  const close = async () => {
    signal?.removeEventListener('abort', leave);
    await browser?.close();
    await stack.close();
  };
  try {
    signal?.throwIfAborted();
    browser = await openBrowser({ camera, microphone, endsOnSignals: signal === undefined });
    signal?.addEventListener('abort', leave);
    signal?.throwIfAborted();
    onStep('Enrolling the ambulance');
    const ambulance = await enrolAmbulance(stack, browser);
    const doctor = await signIn(stack, browser, 'doctor');
    const dispatcher = await signIn(stack, browser, 'dispatcher');
    const story = await beginWithBystander({ browser, dispatcher, onStep });
    const { roomId, firstFrameMs: bystanderFrameMs } = story;
    onStep('The dispatcher sends the ambulance, which goes live without a click');
    await sendHelp(story, stack.demo.units[0]?.name ?? '');
    const call = ambulance.getByRole('button', { name: 'Call for help' });
    await call.waitFor({ timeout: PATIENCE_MS });
    await ambulance.waitForFunction(
      () => [...document.querySelectorAll('video')].some((video) => video.videoWidth > 0),
      undefined,
      { timeout: PATIENCE_MS },
    );
    onStep('The ambulance is there: the bystander is thanked and let go');
    await thankBystander(story);
    onStep('The crew calls for help; the doctor’s board rings');
    await call.click();
    const answer = doctor.getByRole('button', { name: 'Answer' });
    await answer.waitFor({ timeout: PATIENCE_MS });
    onStep('The doctor answers');
    const firstFrameMs = await answerCall(doctor);
    onStep(`The doctor sees the patient after ${firstFrameMs} ms`);
    return { stack, roomId, ambulance, doctor, bystanderFrameMs, firstFrameMs, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function enrolAmbulance(stack: Stack, browser: Browser): Promise<Page> {
  const [unit] = stack.demo.units;
  if (!unit) throw new Error('the demo has no unit');
  const page = await (await browser.newContext(CONTEXT)).newPage();
  await page.goto(`${stack.origin}/enrol#${unit.enrolment.secret}`);
  await page.getByLabel(/device/i).fill('Vehicle tablet');
  await page.getByRole('button', { name: 'Enrol' }).click();
  await page.waitForURL('**/unit', { timeout: PATIENCE_MS });
  return page;
}

async function signIn(stack: Stack, browser: Browser, username: string): Promise<Page> {
  const person = stack.demo.people.find((each) => each.username === username);
  if (!person) throw new Error(`the demo has no ${username}`);
  const page = await (await browser.newContext(CONTEXT)).newPage();
  await page.goto(`${stack.origin}/`);
  await page.getByLabel('User name').fill(person.username);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/rooms', { timeout: PATIENCE_MS });
  return page;
}

/** Presses Answer and waits for the first frame; the page's own clock measures it. */
async function answerCall(doctor: Page): Promise<number> {
  const measured = doctor.evaluate(
    (patienceMs) =>
      new Promise<number>((resolve, reject) => {
        let pressedAt = 0;
        const since = performance.now();
        document.addEventListener('click', () => (pressedAt = performance.now()), {
          capture: true,
          once: true,
        });
        const look = (now: number) => {
          const shown = [...document.querySelectorAll('video')].some(
            (video) => video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0,
          );
          if (shown && pressedAt > 0) resolve(Math.round(now - pressedAt));
          else if (now - since > patienceMs) reject(new Error('the doctor saw no frame'));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    PATIENCE_MS,
  );
  await doctor.getByRole('button', { name: 'Answer' }).click();
  return measured;
}
