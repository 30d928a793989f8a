/** A dispatcher in a room of the whole system, and phones that open links on the real bystander's page. */
import { rm } from 'node:fs/promises';
import type { BrowserContext, Page } from 'playwright-core';
import type { AskWhat } from '../../signaling/protocol/events-bystander.ts';
import type { NewLink } from '../../signaling/protocol/links.ts';
import type { AskState, BystanderState } from '../../signaling/protocol/state-bystander.ts';
import { type Browser, type BrowserOptions, openBrowser } from '../browser/chromium.ts';
import { harnessPages } from '../harness/build.ts';
import { cameraFile, speechFile } from '../media/fixtures.ts';
import { buildBystanderPage } from '../pages/v-door.ts';
import { PHONE } from '../pages/v-stage.ts';
import { eventually, seen, signIn } from '../proof/cast.ts';
import { type Stack, type StackOptions, startStack } from '../stack/stack.ts';

/** What a phone films: small enough that two cores encode it beside everything else. */
export const PICTURE = { width: 1280, height: 720, fps: 30 };

export interface PhoneOptions {
  /** Runs in the page before any of its scripts: takes a feature away, or puts one in. */
  readonly before?: string;
  readonly locale?: string;
  readonly permissions?: readonly string[];
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly accuracy: number };
  /** Another browser, as on a host of its own. */
  readonly browser?: Browser;
  /** Not tapped yet. */
  readonly untapped?: boolean;
}

export interface Scene {
  readonly stack: Stack;
  readonly browser: Browser;
  readonly dispatcher: Page;
  readonly roomId: string;
  /** Errors thrown in any phone's page, and breaches of its content security policy. */
  readonly errors: string[];
  link(wish?: Partial<NewLink>): Promise<{ linkId: string; url: string }>;
  /** Opens a link on a phone of its own and taps. */
  phone(url: string, options?: PhoneOptions): Promise<Page>;
  /** What the dispatcher's page knows of phones. */
  bystander(): Promise<BystanderState>;
  /** Waits until it fits; fails with what it was. */
  until(fits: (state: BystanderState) => boolean, what: string, deadlineMs?: number): Promise<BystanderState>;
  /** Asks a phone and waits for its answer. */
  ask(peerId: string, what: AskWhat, more?: { on?: boolean; zoom?: number }): Promise<AskState>;
  /** Asks and does not wait. */
  askOnly(peerId: string, what: AskWhat, more?: { on?: boolean; zoom?: number }): Promise<string>;
  say(text: string): Promise<string>;
  /** Waits until the dispatcher sees this many frames more than now. */
  moving(frames?: number): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions extends StackOptions {
  readonly browser?: BrowserOptions;
}

export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const folder = await buildBystanderPage();
  const stack = await startStack({
    ...options,
    pagesFolder: await harnessPages(),
    bystanderPagesFolder: folder,
  });
  const browser = await openBrowser({
    camera: await cameraFile(PICTURE),
    microphone: await speechFile(),
    ...options.browser,
  });
  const dispatcher = await signIn(stack, browser, 'dispatcher');
  const roomId = await dispatcher.evaluate(
    (organisations) => window.harness.create('Collapse at home', organisations),
    Object.values(stack.demo.organisations),
  );
  await dispatcher.evaluate((room) => window.harness.join(room), roomId);
  const errors: string[] = [];
  const bystander = () => dispatcher.evaluate(knownOfPhones);
  const until: Scene['until'] = (fits, what, deadlineMs) => eventually(bystander, fits, what, deadlineMs);
  const askOnly: Scene['askOnly'] = (peerId, what, more = {}) =>
    dispatcher.evaluate(askPhone, { peerId, what, ...more });
  return {
    stack,
    browser,
    dispatcher,
    roomId,
    errors,
    bystander,
    until,
    askOnly,
    link: (wish = {}) => {
      const usual: NewLink = { use: 'camera', need: 'other', helpers: 'two', language: 'en' };
      return dispatcher.evaluate(makeLink, { ...usual, ...wish });
    },
    phone: (url, wanted = {}) => openPhone(wanted.browser ?? browser, url, wanted, errors),
    async ask(peerId, what, more) {
      const askId = await askOnly(peerId, what, more);
      const find = ({ asks }: BystanderState) => asks.find((each) => each.askId === askId);
      const answered = find(
        await until((state) => find(state)?.outcome !== undefined, `an answer to ${what}`),
      );
      if (!answered) throw new Error('the question is gone');
      return answered;
    },
    say: (text) => dispatcher.evaluate(sayToPhones, text),
    async moving(frames = 10) {
      const [{ frames: before } = { frames: 0 }] = await dispatcher.evaluate(seen);
      await eventually(
        () => dispatcher.evaluate(seen),
        ([first]) => (first?.frames ?? 0) > before + frames,
        'a moving picture',
      );
    },
    async close() {
      await browser.close();
      await stack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openPhone(
  browser: Browser,
  url: string,
  wanted: PhoneOptions,
  errors: string[],
): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    ...{ viewport: PHONE, phone: true, colorScheme: 'light' },
    locale: wanted.locale ?? 'en-GB',
  });
  await context.clearPermissions();
  await context.grantPermissions([...(wanted.permissions ?? ['camera', 'microphone'])]);
  if (wanted.location) await context.setGeolocation(wanted.location);
  const page = await context.newPage();
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
  });
  const addresses: string[] = [];
  told.set(page, addresses);
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) =>
      addresses.push(...(String(payload).match(/https:[^"]+\/v#[\w-]+/g) ?? [])),
    ),
  );
  if (wanted.before !== undefined) await page.addInitScript(wanted.before);
  await page.goto(url);
  if (!wanted.untapped) await page.tap('#tap');
  return page;
}

/** Addresses that a page was told, newest last. */
const told = new WeakMap<Page, string[]>();

/** The address in the code for a second phone, from the answer that the page drew it from: a camera reads the same. */
export function secondAddress(page: Page): string {
  const url = told.get(page)?.at(-1);
  if (url === undefined) throw new Error('no address for a second phone was told');
  return url;
}

/** Turns the camera of a phone on by its key and waits until it is live. */
export async function film(page: Page): Promise<void> {
  await page.tap('.camera .key.main:not([disabled])');
  await page.waitForSelector('[data-live=live]');
}

function knownOfPhones(): BystanderState {
  const { session } = window.harness;
  if (!session) throw new Error('join first');
  return session.state.bystander;
}

async function makeLink(link: NewLink): Promise<{ linkId: string; url: string }> {
  const { session } = window.harness;
  if (!session) throw new Error('join first');
  return session.request('link.create', link);
}

async function askPhone(asked: {
  peerId: string;
  what: AskWhat;
  on?: boolean;
  zoom?: number;
}): Promise<string> {
  const { session } = window.harness;
  if (!session) throw new Error('join first');
  return (await session.request('bystander.ask', asked)).askId;
}

async function sayToPhones(text: string): Promise<string> {
  const { session } = window.harness;
  if (!session) throw new Error('join first');
  const sent = await session.request('chat.send', { text, patientId: 'scene', to: 'bystanders' });
  return sent.messageId;
}
