import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { type Browser, openBrowser } from '../../../load-tests/browser/chromium.ts';
import { type Stack, startStack } from '../../../load-tests/stack/stack.ts';
import type { Placed } from './testing/page.ts';

/** Parts of the width. The picture moves by at most 0.08 of it a second. */
const IN_PLACE = 0.03;

async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  fits: (answer: T) => boolean,
  deadlineMs = 60_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (performance.now() > end) assert.fail(`${what}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function marksPages(): Promise<string> {
  const outDir = join(tmpdir(), `goldenhour-marks-${process.pid}`);
  await build({
    root: join(import.meta.dirname, 'testing'),
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return outDir;
}

describe('marks between two pages in Chromium', function () {
  this.timeout(300_000);
  let stack: Stack;
  let browser: Browser;
  let wearer: Page;
  let doctor: Page;
  let roomId: string;

  const open = async (username: string, query = '') => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${stack.origin}/${query}`);
    await page.waitForFunction(() => 'marksPage' in window);
    const password = stack.demo.people.find((person) => person.username === username)?.password ?? '';
    await page.evaluate(([name, word]) => window.marksPage.signIn(name, word), [username, password] as const);
    return page;
  };
  const status = (page: Page) => page.evaluate(() => window.marksPage.status());
  const worn = () => wearer.evaluate(() => window.marksPage.worn());
  const seen = () => doctor.evaluate(() => window.marksPage.seen());
  const penDown = () =>
    eventually(
      'the pen on the spot',
      () => doctor.evaluate(() => window.marksPage.penDown()),
      (isDown) => isDown,
    );
  const isInPlace = (marks: Placed[]) =>
    marks.some(({ state, error }) => state === 'held' && error !== undefined && error < IN_PLACE);
  const clear = async () => {
    await doctor.evaluate(() => window.marksPage.undo());
    await eventually('nothing left', seen, (marks) => marks.length === 0);
  };
  const wear = async () => {
    await wearer.evaluate((id) => window.marksPage.join(id), roomId);
    await wearer.evaluate(() => window.marksPage.wear());
  };
  const look = async () => {
    await doctor.evaluate((id) => window.marksPage.join(id, 'coordinator'), roomId);
    await eventually(
      'the picture',
      () => status(doctor),
      ({ picture, named }) => picture > 0 && named,
    );
  };

  before(async () => {
    stack = await startStack({ pagesFolder: await marksPages(), recorder: false });
    browser = await openBrowser();
    const { operator, receiving } = stack.demo.organisations;
    const dispatcher = await open('dispatcher');
    roomId = await dispatcher.evaluate((orgs) => window.marksPage.create(orgs), [operator, receiving]);
    await dispatcher.close();
    wearer = await open('paramedic');
    await wear();
    doctor = await open('doctor');
    await look();
  });
  after(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('shows a stroke on the moving scene where it was drawn, while it is drawn and when it stands', async () => {
    await penDown();
    const drafts = await eventually('the draft on the wearer', worn, isInPlace);
    assert.equal(drafts[0]?.isDraft, true);
    assert.ok((await status(wearer)).drawing.length === 1);
    await doctor.evaluate(() => window.marksPage.finish());
    await eventually(
      'the mark on the wearer',
      worn,
      (marks) => isInPlace(marks) && marks[0]?.isDraft === false,
    );
    await eventually('the mark on the viewer', seen, isInPlace);
    for (let look = 0; look < 20; look += 1) {
      for (const { state, error } of [...(await worn()), ...(await seen())]) {
        assert.ok(state !== 'held' || error === undefined || error < 2 * IN_PLACE, `${state} ${error}`);
      }
    }
  });

  it('hides it from both while the wearer looks away, says so, and finds it again', async () => {
    await wearer.evaluate(() => window.marksPage.lookAway(true));
    await eventually(
      'lost on the wearer',
      () => status(wearer),
      ({ unseen }) => unseen[0] === 'lost',
    );
    await eventually('nothing shown', worn, (marks) => marks.length === 0);
    await eventually('lost on the viewer', seen, ([mark]) => mark?.state === 'lost' && mark.opacity === 0);
    await wearer.evaluate(() => window.marksPage.lookAway(false));
    await eventually('found', worn, isInPlace);
    await eventually('found on the viewer', seen, isInPlace);
  });

  it('goes on when the camera is switched, and follows again after the wearer has reloaded', async () => {
    await wearer.evaluate(() => window.marksPage.switchCamera());
    await eventually('found on the other track', worn, isInPlace);
    await eventually('found on the viewer', seen, isInPlace);
    await wearer.reload();
    await wearer.waitForFunction(() => 'marksPage' in window);
    await wear();
    await eventually('found by the reloaded page', worn, isInPlace);
    await eventually('found on the viewer', seen, isInPlace);
  });

  it('hides what a dead tracker knew, and finds it again with the next one', async () => {
    const dead = wearer.evaluate(() => [window.marksPage.crashTracker(), window.marksPage.worn().length]);
    assert.deepEqual(await dead, [1, 0]);
    await eventually('found by another tracker', worn, isInPlace);
    assert.ok((await status(wearer)).warnings.some((warning) => warning.includes('out of memory')));
  });

  it('shows the wearer nothing while marks are switched off, and tells the author', async () => {
    await wearer.evaluate(() => window.marksPage.switchMarks(false));
    await eventually('nothing worn', worn, (marks) => marks.length === 0);
    await eventually('off', seen, ([mark]) => mark?.state === 'off' && mark.opacity === 0);
    await wearer.evaluate(() => window.marksPage.switchMarks(true));
    await eventually('worn again', worn, isInPlace);
    await clear();
  });

  it('leaves a truncated mark of an author whose page was closed', async () => {
    await penDown();
    await eventually('the draft', worn, ([mark]) => mark?.isDraft === true && mark.points > 10);
    await doctor.close();
    await eventually(
      'the truncated mark',
      worn,
      ([mark]) => mark?.isDraft === false && mark.truncated && mark.points > 1,
    );
  });

  it('draws and follows over the socket where no data channel comes through', async () => {
    await wearer.goto(`${stack.origin}/?socket-only`);
    await wearer.waitForFunction(() => 'marksPage' in window);
    await wear();
    doctor = await open('doctor', '?socket-only');
    await look();
    const before = (await status(wearer)).facts.length;
    await penDown();
    await eventually('the draft', worn, (marks) =>
      marks.some(({ isDraft, points, state }) => isDraft && points > 10 && state === 'held'),
    );
    await doctor.evaluate(() => window.marksPage.finish());
    await eventually('followed for the viewer', seen, isInPlace);
    await eventually(
      'the fact',
      () => status(wearer),
      ({ facts }) => facts.length === before + 1,
    );
  });
});
