/** One server of recordings and one browser for all stories of the player. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { type Browser, type ContextOptions, openBrowser } from '../../browser/chromium.ts';
import { ANCHOR_UTC } from './review-facts.ts';
import { going, minute, summary, threeHours } from './review-recordings.ts';
import { type FixtureRecording, ReviewServer } from './review-server.ts';

export class ReviewStage {
  origin = '';
  /** Room time that the recording that goes on has reached. */
  liveUntil = 20_000;
  readonly errors: string[] = [];
  #folder = '';
  #server: ReviewServer | undefined;
  #browser: Browser | undefined;

  get server(): ReviewServer {
    if (this.#server === undefined) throw new Error('The stage is not open.');
    return this.#server;
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'goldenhour-review-pages-'));
    const configFile = join(import.meta.dirname, '..', '..', '..', 'clients', 'vite.config.ts');
    await build({ configFile, logLevel: 'error', build: { outDir: this.#folder, emptyOutDir: true } });
    const server = new ReviewServer(this.#folder);
    this.#server = server;
    this.origin = await server.listen();
    const short = await minute();
    server.recordings.set('room-1', short);
    server.recordings.set('room-long', await threeHours());
    server.recordings.set(
      'room-live',
      going(short, () => this.liveUntil),
    );
    server.recordings.set('room-odd', odd(short));
    this.#browser = await openBrowser();
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.close();
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }

  async page(options?: ContextOptions): Promise<Page> {
    if (this.#browser === undefined) throw new Error('The stage is not open.');
    const context = await this.#browser.newContext(options);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => this.errors.push(error.message));
    return page;
  }

  /** A list of more than one page, for as long as `use` runs. */
  async withMany(count: number, use: () => Promise<void>): Promise<void> {
    const { recordings } = this.server;
    const before = [...recordings];
    const base = recordings.get('room-1');
    if (base === undefined) throw new Error('There is no first recording.');
    for (let n = 0; n < count; n += 1) {
      const id = `many-${n}`;
      const deletion = { utc: ANCHOR_UTC + 90_000_000, by: 'Dr Rui', reason: 'Consent was withdrawn' };
      const gone = { state: 'destroyed' as const, title: 'inc-2041', people: [], patients: [], deletion };
      recordings.set(id, {
        ...base,
        summary: summary(id, n === 1 ? gone : { title: `Case ${n}` }),
      });
    }
    try {
      await use();
    } finally {
      recordings.clear();
      for (const [id, recording] of before) recordings.set(id, recording);
    }
  }
}

/** One track in a format that no browser plays, and one whose bytes are gone. */
function odd(of: FixtureRecording): FixtureRecording {
  const [first, second, ...rest] = of.tracks;
  if (first === undefined || second === undefined) throw new Error('The recording has no tracks.');
  const strange = first.view.inits.map((init) => ({ ...init, mimeType: 'video/mp4; codecs="zzz1.00"' }));
  return {
    ...of,
    summary: summary('room-odd', { title: 'Odd formats', state: 'checked' }),
    tracks: [
      { ...first, view: { ...first.view, mimeType: 'video/ZZZ', inits: strange } },
      { ...second, file: (path) => (path.includes('/init-') ? second.file(path) : undefined) },
      ...rest,
    ],
  };
}
