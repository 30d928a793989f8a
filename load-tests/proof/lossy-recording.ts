/** One recording of the counting pattern, sent over a link that loses packets, and what stands in its package afterwards. */
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { harnessPages } from '../harness/build.ts';
import type { PatternSize } from '../harness/pattern.ts';
import { skews } from '../media/pattern-frames.ts';
import { Host } from '../network/host.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { eventually, signIn } from './cast.ts';
import { assertWhole, closeAndSeal, findPattern, newRoom, trackOf, unlisted } from './recorded.ts';

export interface LossyScene {
  readonly stack: Stack;
  /** Publishes a picture of so many frames and judges what was recorded of it. */
  record(size: PatternSize, frames: number): Promise<LossyRecording>;
  close(): Promise<void>;
}

export interface LossyRecording {
  /** Frames that a receiver without loss of its own decoded. */
  readonly forwarded: number;
  /** Those of them that are not in the package. */
  readonly missing: readonly number[];
  /** Frames that the publisher sent, and that the package has. */
  readonly sent: number;
  readonly found: number;
  /** Room time from the call that publishes to the first frame, in milliseconds. */
  readonly firstFrameMs: number;
  /** Picture behind sound at each flash, in milliseconds. */
  readonly skews: readonly number[];
  /** Holes that no gap lists. */
  readonly unlisted: number;
  readonly gaps: number;
  readonly retransmitted: number;
  /** In the order of the frames, each once. */
  readonly ordered: boolean;
}

/** A publisher behind a link that loses this share of what it sends, and a doctor beside the service. */
export async function openLossyScene(lossPercent: number): Promise<LossyScene> {
  const ambulance = await Host.create();
  const browsers: Browser[] = [];
  const stack = await startStack({ pagesFolder: await harnessPages(), host: ambulance.here });
  try {
    const away = await openBrowser({ executablePath: await ambulance.chromium() });
    browsers.push(away);
    const near = await openBrowser();
    browsers.push(near);
    await ambulance.loseFrom(lossPercent);
    return {
      stack,
      record: (size, frames) => record({ stack, away, near }, size, frames),
      close: () => closeAll(browsers, stack, ambulance),
    };
  } catch (error) {
    await closeAll(browsers, stack, ambulance);
    throw error;
  }
}

async function closeAll(browsers: readonly Browser[], stack: Stack, ambulance: Host): Promise<void> {
  for (const browser of browsers) await browser.close();
  await stack.close();
  await ambulance.close();
}

interface Ends {
  readonly stack: Stack;
  readonly away: Browser;
  readonly near: Browser;
}

async function record(
  { stack, away, near }: Ends,
  size: PatternSize,
  frames: number,
): Promise<LossyRecording> {
  const roomId = await newRoom(stack, 'Lossy link');
  const doctor = await signIn(stack, near, 'doctor');
  const crew = await signIn(stack, away, 'paramedic');
  await doctor.evaluate((room) => window.harness.join(room), roomId);
  await crew.evaluate((room) => window.harness.join(room), roomId);
  const published = await crew.evaluate((wanted) => window.harness.publishPattern(wanted), size);
  await doctor.evaluate(({ width, height }) => window.harness.setSize(width, height), size);
  const read = () => doctor.evaluate(() => window.harness.readPattern());
  await eventually(read, (counters) => counters.length > 0, 'the doctor sees the pattern');
  await eventually(
    () => counted(crew),
    ({ framesSent }) => framesSent >= frames,
    `${frames} frames`,
    300_000,
  );
  await crew.evaluate(() => window.harness.stopPattern());
  const { framesSent: sent, retransmitted } = await settled(stack, roomId, crew, doctor, published);
  const forwarded = await read();
  const recorded = await closeAndSeal(stack, roomId);
  for (const page of [doctor, crew]) await page.context().close();
  await assertWhole(recorded);
  const { frames: found, beeps } = await findPattern(recorded, published.video, published.audio);
  const track = trackOf(recorded, published.video);
  const counters = found.flatMap(({ counter }) => (counter === undefined ? [] : [counter]));
  const known = new Set(counters);
  return {
    ...{ sent, retransmitted, found: found.length },
    forwarded: new Set(forwarded).size,
    missing: [...new Set(forwarded)].filter((counter) => !known.has(counter)),
    firstFrameMs: (found[0]?.at ?? Number.POSITIVE_INFINITY) - published.askedAt,
    skews: skews(found, beeps),
    // An encoder that is held up leaves out frames by itself; half a second is far more than packets take to come again.
    unlisted: unlisted(track, found, 500).length,
    gaps: track.gaps.length,
    ordered: counters.every((counter, index) => index === 0 || counter > (counters[index - 1] ?? 0)),
  };
}

const counted = (page: Page) => page.evaluate(() => window.harness.counted());

/** What was counted once nothing more is sent and everything that came is safe on the disk. */
async function settled(
  stack: Stack,
  roomId: string,
  crew: Page,
  doctor: Page,
  { audio }: { readonly audio: string },
) {
  const stoppedAt = await stack.signaling.rooms.at(roomId).roomTime();
  // The sound goes on: once it is safe up to a second later, so are all frames that were sent before.
  await eventually(
    () => doctor.evaluate(() => window.harness.recorded()),
    ({ tracks }) =>
      tracks.some(({ producerId, durableUntil }) => producerId === audio && durableUntil > stoppedAt + 1000),
    'everything is safe',
  );
  return counted(crew);
}
