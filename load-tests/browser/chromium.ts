/** Starts the system's Chromium for tests and the demo, with generated cameras and microphones. */
import { type BrowserContext, chromium } from 'playwright-core';

export interface BrowserOptions {
  /** File for the fake camera: `.mjpeg` or `.y4m`. Absent: Chromium's own pattern. */
  readonly camera?: string;
  /** WAV file for the fake microphone. Absent: beeps. */
  readonly microphone?: string;
  readonly headless?: boolean;
  readonly extraArgs?: readonly string[];
  /** Another program to start, e.g. a script that runs Chromium inside a network namespace. */
  readonly executablePath?: string;
  /**
   * False: the caller closes it on SIGINT and SIGTERM; else playwright does, and ends the process there and then, unless
   * `keepSignals` was called.
   */
  readonly endsOnSignals?: boolean;
}

export interface ContextOptions {
  readonly viewport?: { width: number; height: number };
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** Emulates a phone: touch, its own viewport handling, two pixels for one. */
  readonly phone?: boolean;
  /** False: a browser that runs no script. */
  readonly javaScript?: boolean;
  readonly reducedMotion?: boolean;
}

export interface Browser {
  /** A profile of its own: one signed-in person or device. */
  newContext(options?: ContextOptions): Promise<BrowserContext>;
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

/** Far more than a busy machine of two cores takes; a wait that comes early costs nothing. */
const PATIENCE_MS = 90_000;

let signalsEndBrowsers = true;

/** From now on this process handles SIGINT and SIGTERM itself and closes the browsers it opens. */
export function keepSignals(): void {
  signalsEndBrowsers = false;
}

/** Opens a browser with empty profiles. Certificates of a local CA are accepted. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: options.executablePath ?? CHROMIUM,
    headless: options.headless ?? true,
    timeout: PATIENCE_MS,
    handleSIGINT: options.endsOnSignals ?? signalsEndBrowsers,
    handleSIGTERM: options.endsOnSignals ?? signalsEndBrowsers,
    chromiumSandbox: process.getuid?.() !== 0,
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
    newContext: async (wanted = {}) => {
      const context = await browser.newContext({
        ignoreHTTPSErrors: true,
        viewport: wanted.viewport ?? { width: 1440, height: 900 },
        locale: wanted.locale ?? 'en-GB',
        colorScheme: wanted.colorScheme ?? 'dark',
        permissions: ['camera', 'microphone'],
        ...(wanted.phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
        javaScriptEnabled: wanted.javaScript ?? true,
        reducedMotion: wanted.reducedMotion ? 'reduce' : 'no-preference',
      });
      context.setDefaultTimeout(PATIENCE_MS);
      return context;
    },
    close: () => browser.close(),
  };
}
