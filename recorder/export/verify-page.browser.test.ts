import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { sealPackage } from '../seal/seal.ts';
import { thumbprint } from '../seal/sign.ts';
import { makePackage, type TestPackage } from '../seal/testing/package.ts';
import { exportClip } from './export.ts';
import type { ExportResult } from './types.ts';

/** As an outsider opens it: from a folder, in a browser without any network. */
describe('verify.html', function () {
  this.timeout(300_000);
  let root: string;
  let made: TestPackage;
  let result: ExportResult;
  let browser: Browser;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'verify-page-test-'));
    made = await makePackage(join(root, 'package'));
    await sealPackage({ folder: made.folder, signer: made.signer });
    result = await exportClip(
      {
        ...{ folder: made.folder, out: join(root, 'export'), access: made.access(made.folder) },
        ...{ trackIds: ['cam', 'mic'], from: 3500, to: 5500, language: 'zh-CN', captions: true, blank: [] },
        ...{ reason: 'r', by: 'someone', purpose: 'evidence', title: '</script>', labels: {} },
        ...{ marks: [], drawn: [], custody: [] },
      },
      () => undefined,
    );
    browser = await openBrowser({ extraArgs: ['--host-resolver-rules=MAP * ~NOTFOUND'] });
  });
  after(async () => {
    await browser.close();
    await rm(root, { recursive: true, force: true });
  });

  async function open(): Promise<{ page: Page; requests: string[] }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => requests.push(`error: ${error}`));
    await page.goto(pathToFileURL(join(result.folder, 'verify.html')).href);
    return { page, requests };
  }

  async function check(page: Page, files: readonly string[]) {
    await page.setInputFiles(
      '#files',
      files.map((file) => join(result.folder, file)),
    );
    await page.waitForFunction(
      () => !['', '…'].includes(document.getElementById('summary')?.textContent ?? ''),
    );
    return page.evaluate(() => ({
      summary: document.getElementById('summary')?.textContent ?? '',
      bad: [...document.querySelectorAll('tr.bad')].map((row) => row.textContent ?? ''),
      good: document.querySelectorAll('tr.good').length,
    }));
  }

  it('finds everything whole, and asks no network', async () => {
    const { page, requests } = await open();
    const files = result.files.map(({ file }) => file).filter((file) => file !== 'verify.html');
    const found = await check(page, files);
    assert.deepEqual(found.bad, []);
    assert.match(found.summary, /全部通过校验/);
    assert.equal(found.good, files.length);
    assert.deepEqual(
      requests.filter((url) => !url.startsWith('file:')),
      [],
    );
    assert((await page.textContent('code'))?.includes(thumbprint(made.signer.key)));
    await page.context().close();
  });

  it('says what was not chosen', async () => {
    const { page } = await open();
    const found = await check(page, ['view.mp4']);
    assert.match(found.summary, /were not checked/);
    await page.context().close();
  });

  it('finds a clip with a changed bit, also where the list of hashes was changed to fit', async () => {
    const clip = result.files.find(({ what }) => what === 'clip');
    assert(clip);
    const path = join(result.folder, clip.file);
    const original = await readFile(path);
    const changed = Buffer.from(original);
    changed[changed.length - 9] = (changed[changed.length - 9] ?? 0) ^ 4;
    await writeFile(path, changed);
    const { page } = await open();
    const proof = clip.file.replace(/\.[^.]+$/, '.proof.json');
    const found = await check(page, [clip.file, proof]);
    assert.equal(found.bad.length, 1);
    // The page's own functions, given a list that names the changed bytes.
    const problems = await page.evaluate(
      async ([bytes, text]) => {
        const checkClip: unknown = Reflect.get(globalThis, 'checkClip');
        if (typeof checkClip !== 'function') throw new Error('the page carries no checkClip');
        const { problems: all } = await checkClip(JSON.parse(text), Uint8Array.from(bytes));
        return all.map(({ code }: { code: string }) => code);
      },
      [[...changed], await readFile(join(result.folder, proof), 'utf8')] as const,
    );
    assert.deepEqual(problems, ['altered']);
    await writeFile(path, original);
    await page.context().close();
  });
});
