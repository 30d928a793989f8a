import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { harnessPages } from '../../load-tests/harness/build.ts';
import type { Seen } from '../../load-tests/harness/harness.ts';
import { cameraFile, speechFile, UHD } from '../../load-tests/media/fixtures.ts';
import { type Stack, startStack } from '../../load-tests/stack/stack.ts';

/** Asks the page until the answer fits; shows the last answer when it never did. */
async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > end) assert.fail(`${what}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('core SDK in Chromium', function () {
  this.timeout(240_000);
  let stack: Stack;
  let browser: Browser;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  const open = async (username: string) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(stack.origin);
    await page.waitForFunction(() => 'harness' in window);
    const password = stack.demo.people.find((person) => person.username === username)?.password ?? '';
    await page.evaluate(([name, word]) => window.harness.signIn(name, word), [username, password] as const);
    return page;
  };
  const seen = (): Promise<Seen[]> => doctor.evaluate(() => window.harness.seen());
  const status = (page: Page) => page.evaluate(() => window.harness.status());
  const live = (page: Page) =>
    eventually(
      'live',
      () => status(page),
      ({ connection }) => connection.status === 'live',
    );

  before(async () => {
    stack = await startStack({ pagesFolder: await harnessPages() });
    browser = await openBrowser({ camera: await cameraFile(UHD), microphone: await speechFile() });
  });
  after(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('shows a 4K camera at 3840 by 2160 and plays the voice', async () => {
    const { operator, receiving } = stack.demo.organisations;
    const dispatcher = await open('dispatcher');
    crew = await open('paramedic');
    doctor = await open('doctor');
    roomId = await dispatcher.evaluate((orgs) => window.harness.create('Test', orgs), [operator, receiving]);
    await crew.evaluate((id) => window.harness.join(id), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((id) => window.harness.join(id), roomId);
    await doctor.evaluate(() => window.harness.setSize(3840, 2160));
    await eventually('4K', seen, ([picture]) => picture?.width === 3840 && picture.height === 2160, 40_000);
    const [picture] = await seen();
    assert.equal(picture?.codec, 'video/VP9');
    await live(doctor);
    await live(crew);
    const { timings } = await status(doctor);
    assert.ok((timings.joinMs ?? 0) > 0 && (timings.firstFrameMs ?? 0) > 0);
    await eventually(
      'voice',
      () => doctor.evaluate(() => window.harness.sound()),
      ({ peak }) => peak > 0.02,
    );
  });
});
