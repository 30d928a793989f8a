/** Starts the system's Chromium for tests and the demo, with generated cameras and microphones. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface BrowserOptions {
  /** File for the fake camera: `.mjpeg` or `.y4m`. Absent: Chromium's own pattern. */
  readonly camera?: string;
  /** WAV file for the fake microphone. Absent: beeps. */
  readonly microphone?: string;
  readonly viewport?: { width: number; height: number };
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly headless?: boolean;
  readonly extraArgs?: readonly string[];
  /** Runs Chromium by this command instead, e.g. inside a network namespace. */
  readonly executablePath?: string;
}

export interface Browser {
  readonly context: BrowserContext;
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

/** Debian's and Ubuntu's path; GOLDENHOUR_CHROMIUM names another. */
export const CHROMIUM = process.env.GOLDENHOUR_CHROMIUM ?? '/usr/bin/chromium';

/** Without these, a closed network makes Chromium's own look-ups fail by the dozen. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--autoplay-policy=no-user-gesture-required',
];

/** Opens a browser with an empty profile that is removed at `close()`. Certificates of a local CA are accepted. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'goldenhour-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executablePath ?? CHROMIUM,
    headless: options.headless ?? true,
    chromiumSandbox: process.getuid?.() !== 0,
    ignoreHTTPSErrors: true,
    viewport: options.viewport ?? { width: 1440, height: 900 },
    locale: options.locale ?? 'en-GB',
    colorScheme: options.colorScheme ?? 'dark',
    permissions: ['camera', 'microphone'],
    args: [
      ...QUIET,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(options.camera ? [`--use-file-for-fake-video-capture=${options.camera}`] : []),
      ...(options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : []),
      ...(options.extraArgs ?? []),
    ],
  });
  return {
    context,
    newPage: async () =>
      context.pages().find((page) => page.url() === 'about:blank') ?? (await context.newPage()),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
