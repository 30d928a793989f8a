/** One picture of a page for the README. */
import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';

const run = promisify(execFile);
/** The desktop comes first: a picture that was small needs some seconds to become large. */
export const SIZES = { desktop: { width: 1920, height: 1080 }, phone: { width: 390, height: 844 } } as const;
/** A clone should stay small. */
const MOST_BYTES = 200 * 1024;

/** Takes one page in both sizes, in 128 colours: the pictures show layout and words, not colours of skin. */
export async function shoot(
  page: Page,
  name: string,
  folder: string,
  sizes: Readonly<Record<keyof typeof SIZES, { width: number; height: number }>> = SIZES,
): Promise<void> {
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    // Layout, layers and graphs follow the new size within a second.
    await page.waitForTimeout(1500);
    const raw = join(folder, `${name}-${size}.raw.png`);
    const file = join(folder, `${name}-${size}.png`);
    await page.screenshot({ path: raw });
    const palette = 'split[a][b];[a]palettegen=max_colors=128[p];[b][p]paletteuse=dither=none';
    await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-i', raw, '-vf', palette, file]);
    await rm(raw);
    const { size: bytes } = await stat(file);
    if (bytes > MOST_BYTES) throw new Error(`${file} has ${bytes} bytes, more than ${MOST_BYTES}`);
    process.stderr.write(`  ${file}: ${Math.round(bytes / 1024)} KiB\n`);
  }
}
