import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { type Browser, type ContextOptions, openBrowser } from '../../load-tests/browser/chromium.ts';
import { clean } from '../../load-tests/pages/axe.ts';
import { contentSecurityPolicy } from '../../signaling/http/headers.ts';
import { CARD_IDS, LANGUAGES, type Language } from '../../signaling/protocol/guidance.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const MOST_BYTES = 6 * 1024;
const SMALL = { width: 320, height: 568 };

/** The built page under the headers that the real doors send. */
function serve(folder: string): Server {
  return createServer((request, response) => {
    const path = request.url === '/' ? '/index.html' : (request.url ?? '');
    readFile(join(folder, path)).then(
      (bytes) => {
        response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
        response.setHeader('content-security-policy', contentSecurityPolicy(request.headers.host ?? ''));
        response.end(bytes);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
}

describe('The drawn cards in Chromium', function () {
  this.timeout(180_000);
  let folder: string;
  let server: Server;
  let browser: Browser;
  let origin: string;
  const errors: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-cards-'));
    const root = join(import.meta.dirname, 'testing');
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
    });
    server = serve(folder);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    origin = `http://127.0.0.1:${address.port}`;
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (language: Language, options: ContextOptions = {}): Promise<Page> => {
    const context = await browser.newContext({ viewport: SMALL, colorScheme: 'light', ...options });
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Security Policy/i.test(message.text())) errors.push(message.text());
    });
    await page.goto(`${origin}/#${language}`);
    await page
      .locator(`#${CARD_IDS.at(-1)} svg`)
      .first()
      .waitFor();
    return page;
  };

  it('weigh little: each card at most 6 KB compressed, and so do the figures they share', async () => {
    const files = (await readdir(join(folder, 'assets'))).filter((file) => file.endsWith('.js'));
    for (const cardId of CARD_IDS) {
      const file = files.find((each) => new RegExp(`^${cardId}-[\\w-]{8}\\.js$`).test(each));
      assert.ok(file !== undefined, `no chunk of ${cardId} among ${files.join(', ')}`);
    }
    for (const file of files.filter((each) => !each.startsWith('index-'))) {
      const bytes = brotliCompressSync(await readFile(join(folder, 'assets', file))).length;
      assert.ok(bytes <= MOST_BYTES, `${file}: ${bytes} bytes`);
    }
  });

  for (const language of LANGUAGES) {
    it(`fit a screen of 320 pixels in ${language}, cut no figure off, and pass axe`, async () => {
      const page = await open(language);
      const { overflow, cut } = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        cut: [...document.querySelectorAll('svg text')].flatMap((text) => {
          const [own, whole] = [text.getBoundingClientRect(), text.closest('svg')?.getBoundingClientRect()];
          const inside = whole !== undefined && own.left >= whole.left && own.right <= whole.right;
          return inside ? [] : [`${text.closest('section')?.id}: ${text.textContent}`];
        }),
      }));
      assert.equal(overflow, 0);
      assert.deepEqual(cut, []);
      await clean(page);
      await page.context().close();
    });
  }

  it('push 110 times a minute, in step with what a page says, and stand still for whoever asked for that', async () => {
    const beats = (page: Page) =>
      page.evaluate(() => {
        const moving = document.querySelectorAll('.beat-lean, .beat-chest, .beat-thumbs, .beat-arrow');
        return [...moving].flatMap((each) => each.getAnimations().map((a) => a.effect?.getTiming().duration));
      });
    const page = await open('en');
    const first = await beats(page);
    assert.ok(first.length >= 12, `${first.length} moving parts`);
    for (const duration of first)
      assert.ok(Math.abs(Number(duration) - 60_000 / 110) < 0.01, `${duration} ms`);
    await page.evaluate(() => document.body.style.setProperty('--guidance-beat', '500ms'));
    assert.deepEqual([...new Set(await beats(page))], [500]);
    await page.context().close();
    const still = await open('en', { reducedMotion: true });
    assert.deepEqual(await beats(still), []);
    await still.context().close();
  });

  it('broke no rule of the Content-Security-Policy and threw nothing', () => {
    assert.deepEqual(errors, []);
  });
});
