import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../../load-tests/browser/chromium.ts';
import { pagesOf } from '../../../load-tests/harness/build.ts';
import { eventually } from '../../../load-tests/proof/cast.ts';
import { type Stack, startStack } from '../../../load-tests/stack/stack.ts';
import type { Placed } from './testing/page.ts';

/** Parts of the width. The picture moves by at most 0.08 of it a second. */
const IN_PLACE = 0.03;

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
      () => doctor.evaluate(() => window.marksPage.penDown()),
      (isDown) => isDown,
      'the pen on the spot',
    );
  const isInPlace = (marks: Placed[]) =>
    marks.some(({ state, error }) => state === 'held' && error !== undefined && error < IN_PLACE);
  const clear = async () => {
    await doctor.evaluate(() => window.marksPage.undo());
    await eventually(seen, (marks) => marks.length === 0, 'nothing left');
  };
  const wear = async () => {
    await wearer.evaluate((id) => window.marksPage.join(id), roomId);
    await wearer.evaluate(() => window.marksPage.wear());
  };
  const look = async () => {
    await doctor.evaluate((id) => window.marksPage.join(id, 'coordinator'), roomId);
    await eventually(
      () => status(doctor),
      ({ picture, named }) => picture > 0 && named,
      'the picture',
    );
  };

  before(async () => {
    stack = await startStack({
      pagesFolder: await pagesOf(join(import.meta.dirname, 'testing', 'page.ts')),
      recorder: false,
    });
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
    const drafts = await eventually(worn, isInPlace, 'the draft on the wearer');
    assert.equal(drafts[0]?.isDraft, true);
    assert.ok((await status(wearer)).drawing.length === 1);
    await doctor.evaluate(() => window.marksPage.finish());
    await eventually(
      worn,
      (marks) => isInPlace(marks) && marks[0]?.isDraft === false,
      'the mark on the wearer',
    );
    await eventually(seen, isInPlace, 'the mark on the viewer');
    for (let look = 0; look < 20; look += 1) {
      for (const { state, error } of [...(await worn()), ...(await seen())]) {
        assert.ok(state !== 'held' || error === undefined || error < 2 * IN_PLACE, `${state} ${error}`);
      }
    }
  });

  it('hides it from both while the wearer looks away, says so, and finds it again', async () => {
    await wearer.evaluate(() => window.marksPage.lookAway(true));
    await eventually(
      () => status(wearer),
      ({ unseen }) => unseen[0] === 'lost',
      'lost on the wearer',
    );
    await eventually(worn, (marks) => marks.length === 0, 'nothing shown');
    await eventually(seen, ([mark]) => mark?.state === 'lost' && mark.opacity === 0, 'lost on the viewer');
    await wearer.evaluate(() => window.marksPage.lookAway(false));
    await eventually(worn, isInPlace, 'found');
    await eventually(seen, isInPlace, 'found on the viewer');
  });

  it('goes on when the camera is switched, and follows again after the wearer has reloaded', async () => {
    await wearer.evaluate(() => window.marksPage.switchCamera());
    await eventually(worn, isInPlace, 'found on the other track');
    await eventually(seen, isInPlace, 'found on the viewer');
    await wearer.reload();
    await wearer.waitForFunction(() => 'marksPage' in window);
    await wear();
    await eventually(worn, isInPlace, 'found by the reloaded page');
    await eventually(seen, isInPlace, 'found on the viewer');
  });

  it('hides what a dead tracker knew, and finds it again with the next one', async () => {
    const dead = wearer.evaluate(() => [window.marksPage.crashTracker(), window.marksPage.worn().length]);
    assert.deepEqual(await dead, [1, 0]);
    await eventually(worn, isInPlace, 'found by another tracker');
    assert.ok((await status(wearer)).warnings.some((warning) => warning.includes('out of memory')));
  });

  it('shows the wearer nothing while marks are switched off, and tells the author', async () => {
    await wearer.evaluate(() => window.marksPage.switchMarks(false));
    await eventually(worn, (marks) => marks.length === 0, 'nothing worn');
    await eventually(seen, ([mark]) => mark?.state === 'off' && mark.opacity === 0, 'off');
    await wearer.evaluate(() => window.marksPage.switchMarks(true));
    await eventually(worn, isInPlace, 'worn again');
    await clear();
  });

  it('leaves a truncated mark of an author whose page was closed', async () => {
    await penDown();
    await eventually(worn, ([mark]) => mark?.isDraft === true && mark.points > 10, 'the draft');
    await doctor.close();
    await eventually(
      worn,
      ([mark]) => mark?.isDraft === false && mark.truncated && mark.points > 1,
      'the truncated mark',
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
    await eventually(
      worn,
      (marks) => marks.some(({ isDraft, points, state }) => isDraft && points > 10 && state === 'held'),
      'the draft',
    );
    await doctor.evaluate(() => window.marksPage.finish());
    await eventually(seen, isInPlace, 'followed for the viewer');
    await eventually(
      () => status(wearer),
      ({ facts }) => facts.length === before + 1,
      'the fact',
    );
  });
});
