import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../../load-tests/browser/chromium.ts';
import { segmentsOf } from './testing/cut.ts';
import { type EncodedStream, encodeStream } from './testing/streams.ts';

interface Played {
  readonly error: string;
  /** Seconds. */
  readonly buffered: readonly (readonly [number, number])[];
  readonly width: number;
  readonly height: number;
  /** Pictures that were decoded while all of it was played. */
  readonly frames: number;
  /** Where the playhead stood at the end, in seconds. */
  readonly at: number;
}

/** Appends parts to a media element one after the other and plays everything that is buffered. */
async function play(page: Page, mimeType: string, parts: readonly Uint8Array[]): Promise<Played> {
  const encoded = parts.map((part) => Buffer.from(part).toString('base64'));
  return page.evaluate(
    async ([type, texts]) => {
      const event = (target: EventTarget, name: string) =>
        new Promise<void>((resolve) => target.addEventListener(name, () => resolve(), { once: true }));
      const media = document.createElement('video');
      document.body.replaceChildren(media);
      media.muted = true;
      const source = new MediaSource();
      media.src = URL.createObjectURL(source);
      await event(source, 'sourceopen');
      const buffer = source.addSourceBuffer(type);
      for (const text of texts) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const done = event(buffer, 'updateend');
        buffer.appendBuffer(bytes);
        await done;
        if (media.error) break;
      }
      const ranges = Array.from(
        { length: buffer.buffered.length },
        (_, n) => [buffer.buffered.start(n), buffer.buffered.end(n)] as const,
      );
      if (!media.error) {
        source.endOfStream();
        media.currentTime = ranges[0]?.[0] ?? 0;
        media.playbackRate = 2;
        const ended = event(media, 'ended');
        await media.play();
        await Promise.race([ended, event(media, 'error'), new Promise((late) => setTimeout(late, 20_000))]);
      }
      return {
        error: media.error?.message ?? '',
        buffered: ranges,
        width: media.videoWidth,
        height: media.videoHeight,
        frames: media.getVideoPlaybackQuality().totalVideoFrames,
        at: media.currentTime,
      };
    },
    [mimeType, encoded] as const,
  );
}

const START_MS = 60 * 3_600_000 + 250;

describe('segments in Chromium', function () {
  this.timeout(180_000);
  let browser: Browser;
  let page: Page;

  before(async () => {
    browser = await openBrowser();
    page = await (await browser.newContext()).newPage();
  });
  after(() => browser?.close());

  const playStream = async (stream: EncodedStream, perSegment: number) => {
    const { container, segments } = segmentsOf(stream, START_MS, perSegment);
    const supported = await page.evaluate((type) => MediaSource.isTypeSupported(type), container.mimeType);
    assert(supported, container.mimeType);
    return play(page, container.mimeType, [container.init(), ...segments]);
  };
  const assertWhole = ({ error, buffered, at }: Played, seconds: number) => {
    assert.equal(error, '');
    assert.equal(buffered.length, 1, JSON.stringify(buffered));
    const [from, to] = buffered[0] ?? [0, 0];
    assert(Math.abs(from - START_MS / 1000) < 0.002, `from ${from}`);
    assert(Math.abs(to - from - seconds) < 0.06, `for ${to - from}`);
    assert(at > to - 0.1, `played to ${at} of ${to}`);
  };

  for (const codec of ['vp8', 'vp9', 'h264', 'av1'] as const) {
    it(`play ${codec} through segments that hold no keyframe, far from the beginning of the room`, async () => {
      const stream = await encodeStream({ codec, seconds: 3, keyEvery: 1000 });
      const played = await playStream(stream, 25);
      assertWhole(played, 3);
      assert.deepEqual([played.width, played.height], [192, 108]);
      assert(played.frames >= stream.frames.length * 0.8, `${played.frames} frames`);
    });
  }

  it('play superframes of VP9', async () => {
    const stream = await encodeStream({ codec: 'vp9', seconds: 3, keyEvery: 1000, superframes: true });
    assertWhole(await playStream(stream, 25), 3);
  });

  it('play Opus', async () => {
    assertWhole(await playStream(await encodeStream({ codec: 'opus', seconds: 3 }), 100), 3);
  });

  it('go on in another size behind another init', async () => {
    for (const codec of ['vp8', 'vp9', 'h264'] as const) {
      const small = await encodeStream({ codec, seconds: 1, keyEvery: 1000 });
      const large = await encodeStream({ codec, seconds: 1, keyEvery: 1000, width: 320, height: 240 });
      const first = segmentsOf(small, START_MS, 15);
      const end = first.frames.at(-1);
      assert(end);
      const next = segmentsOf(large, ((end.time + end.duration) * 1000) / first.container.timescale, 15);
      const parts = [first.container.init(), ...first.segments, next.container.init(), ...next.segments];
      const played = await play(page, first.container.mimeType, parts);
      assertWhole(played, 2);
      assert.deepEqual([played.width, played.height], [320, 240], codec);
    }
  });
});
