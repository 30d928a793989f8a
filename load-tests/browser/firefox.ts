/** Starts the system's Firefox for tests: the bystander's page must help in an engine that is not Chromium's too. */
import { type Browser, launch } from 'puppeteer-core';
import { findProgram } from '../../platform/setup/run-program.ts';

/** Undefined where no Firefox is installed. */
export const firefoxProgram = () => findProgram('firefox-esr') ?? findProgram('firefox');

export interface FirefoxOptions {
  /** False: whoever asks for the camera is refused, as by a person who taps "Block". */
  readonly camera: boolean;
}

/**
 * Opens it with an empty profile, driven by WebDriver BiDi. The camera is Firefox's own moving pattern. Certificates of a
 * local authority are accepted.
 */
export async function openFirefox({ camera }: FirefoxOptions): Promise<Browser> {
  const executablePath = firefoxProgram();
  if (executablePath === undefined) throw new Error('no Firefox is installed');
  return launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': camera,
      'permissions.default.camera': camera ? 1 : 2,
      // Addresses are hidden behind names of mDNS otherwise, which nothing answers on a machine of tests.
      'media.peerconnection.ice.obfuscate_host_addresses': false,
      'media.peerconnection.ice.loopback': true,
    },
  });
}
