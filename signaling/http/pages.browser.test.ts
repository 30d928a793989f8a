import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { systemClock } from '../../platform/clock.ts';
import { serverCertificate } from '../../platform/tls/certificate.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

const PAGE = `<!doctype html><title>Pages</title>
<script>document.title = 'inline code ran';</script>
<style>body { color: rgb(1, 2, 3) }</style>
<script type="module" src="/assets/main-AAAAAAAA.js"></script>`;
/** What the real pages do, so that the test fails if a header forbids it. */
const SCRIPT = `
  window.call = async (method, path, body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), credentials: 'include' });
    return answer.status;
  };
  window.ready = true;`;

describe('pages in a real browser', function () {
  this.timeout(180_000);
  let folder: string;
  let door: TestDoor;
  let elsewhere: TestDoor;
  let browser: Browser;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-browser-pages-'));
    const pagesFolder = join(folder, 'dist');
    await mkdir(join(pagesFolder, 'assets'), { recursive: true });
    await writeFile(join(pagesFolder, 'index.html'), PAGE);
    await writeFile(join(pagesFolder, 'assets', 'main-AAAAAAAA.js'), SCRIPT);
    const certificate = await serverCertificate({ dataDir: folder, hostnames: [] }, systemClock);
    door = await openTestDoor({ pagesFolder }, certificate);
    elsewhere = await openTestDoor({ pagesFolder }, certificate);
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await door?.close();
    await elsewhere?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (origin: string): Promise<Page> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${origin}/sign-in`);
    await page.waitForFunction('window.ready');
    return page;
  };
  const call = (page: Page, method: string, path: string, body?: unknown): Promise<unknown> =>
    page.evaluate(`window.call(${JSON.stringify(method)}, ${JSON.stringify(path)}, ${JSON.stringify(body)})`);
  const credentials = () => ({ username: 'doctor', password: door.demo.people[0]?.password });

  it('run the code of the build, and no inline code or style', async () => {
    const page = await open(door.origin);
    assert.equal(await page.title(), 'Pages');
    assert.notEqual(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(1, 2, 3)');
    await assert.rejects(page.evaluate(`import('data:text/javascript,1')`));
    await page.context().close();
  });

  it('sign in by a cookie that the page uses and cannot read, and stay signed in after a reload', async () => {
    const page = await open(door.origin);
    assert.equal(await call(page, 'GET', '/api/me'), 401);
    assert.equal(await call(page, 'POST', '/api/session', credentials()), 200);
    assert.equal(await page.evaluate('document.cookie'), '');
    await page.reload();
    await page.waitForFunction('window.ready');
    assert.equal(await call(page, 'GET', '/api/me'), 200);
    assert.equal(await call(page, 'DELETE', '/api/session'), 200);
    assert.equal(await call(page, 'GET', '/api/me'), 401);
    await page.context().close();
  });

  it('may not send anything to another service on the same machine', async () => {
    const page = await open(door.origin);
    assert.equal(await call(page, 'POST', '/api/session', credentials()), 200);
    await assert.rejects(call(page, 'GET', `${elsewhere.origin}/api/config`));
    await page.context().close();
  });

  it('are safe from a page elsewhere in the same browser: its form changes nothing', async () => {
    const page = await open(door.origin);
    assert.equal(await call(page, 'POST', '/api/session', credentials()), 200);
    const attacker = await page.context().newPage();
    // A page without our headers, on another origin of the same site, which SameSite alone would let through.
    await attacker.route('**/attack', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" enctype="text/plain" action="${door.origin}/api/units/session">
          <input name='{"a":"' value='"}'></form>`,
      }),
    );
    await attacker.goto(`${elsewhere.origin}/attack`);
    const [answer] = await Promise.all([
      attacker.waitForResponse(`${door.origin}/api/units/session`),
      attacker.evaluate('document.forms[0].submit()'),
    ]);
    assert.equal(answer.status(), 403);
    assert.equal(await call(page, 'GET', '/api/me'), 200);
    await page.context().close();
  });

  it('cannot be framed by a page elsewhere', async () => {
    const page = await (await browser.newContext()).newPage();
    await page.route('**/frame', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${door.origin}/"></iframe>` }),
    );
    await page.goto(`${elsewhere.origin}/frame`);
    const [, frame] = page.frames();
    assert.ok(frame);
    assert.notEqual(await frame.evaluate('window.ready'), true);
    await page.context().close();
  });
});
