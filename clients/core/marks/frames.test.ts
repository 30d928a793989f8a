import assert from 'node:assert/strict';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import type { GreyFrame } from '../../../ar-annotations/tracker/types.ts';
import { anchorOn, regionAround } from './anchor.ts';
import { greyOfPixels, greyOfPlane, greySize } from './grey.ts';
import { MediaClock } from './media-clock.ts';
import { RecentFrames } from './recent-frames.ts';

/** A picture of its own for each number. */
function picture(seed: number): GreyFrame {
  const [width, height] = [320, 180];
  const luma = Uint8Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [(index % width) >> 4, Math.floor(index / width) >> 4];
    return (x * 37 + y * 91 + seed * (x + 3) * (y + 5) * 13) % 256;
  });
  return { width, height, luma };
}

describe('small grey frames', () => {
  it('are 320 pixels wide, keep the form of the picture, and are none for a picture without pixels', () => {
    assert.deepEqual(greySize(3840, 2160), { width: 320, height: 180 });
    assert.deepEqual(greySize(1440, 1080), { width: 320, height: 240 });
    assert.deepEqual(greySize(1080, 1920), { width: 225, height: 400 });
    assert.equal(greySize(0, 0), undefined);
    assert.equal(greySize(4000, 20), undefined);
  });

  it('have the luma of their colours', () => {
    const rgba = Uint8ClampedArray.from([255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255]);
    assert.deepEqual([...greyOfPixels(rgba, 2, 2).luma], [255, 0, 182, 19]);
  });

  it('are the same from a plane of video as from pixels, whatever stride and range', () => {
    const grey = picture(3);
    const stride = 1300;
    const bytes = new Uint8Array(100 + stride * 720);
    for (let y = 0; y < 720; y += 1) {
      for (let x = 0; x < 1280; x += 1) {
        const value = grey.luma[(y >> 2) * 320 + (x >> 2)] ?? 0;
        bytes[100 + y * stride + x] = Math.round(16 + (value * 219) / 255);
      }
    }
    const plane = { width: 1280, height: 720, stride, offset: 100, bytes, fullRange: false };
    const small = greyOfPlane(plane, 320, 180);
    assert.ok(small.luma.every((value, index) => Math.abs(value - (grey.luma[index] ?? 0)) <= 1));
    assert.equal(greyOfPlane({ ...plane, fullRange: true }, 320, 180).luma[0], bytes[100]);
  });
});

describe('the media clock of a device', () => {
  it('has the times of the camera, and goes on by the time that passed when those jump', () => {
    const clock = new MediaClock();
    assert.equal(clock.mediaMs(5000, 100), 5000);
    assert.equal(clock.mediaMs(5033, 133), 5033);
    assert.equal(clock.mediaMs(20, 233), 5133, 'another camera');
    assert.equal(clock.mediaMs(53, 266), 5166);
    assert.equal(clock.mediaMs(900_000, 300), 5200, 'a clock that was set');
    assert.equal(clock.mediaMs(900_000, 333), 5233, 'the same stamp again');
  });

  it('never goes back and is never negative', () => {
    const clock = new MediaClock();
    let last = -1;
    for (const [index, stamp] of [-50, -20, 30, 10, 10, 60, -9e9, 5].entries()) {
      const now = clock.mediaMs(stamp, index * 33);
      assert.ok(now > last && now >= 0);
      last = now;
    }
  });

  it('counts a pause of the camera as time', () => {
    const clock = new MediaClock();
    clock.mediaMs(1000, 0);
    assert.equal(clock.mediaMs(8000, 7000), 8000);
  });
});

describe('recent frames', () => {
  const frames = Array.from({ length: 90 }, (_, index) => {
    const grey = picture(index);
    return { mediaMs: index * 33, print: printOf(grey), grey };
  });
  const filled = () => {
    const recent = new RecentFrames();
    for (const frame of frames) recent.add(frame);
    return recent;
  };

  it('lead from the frame that is named by its time to the newest, in few steps', () => {
    const led = filled().since({ mediaMs: 60 * 33 + 10, print: undefined });
    assert.deepEqual(led[0], picture(60));
    assert.deepEqual(led.at(-1), picture(89));
    assert.ok(led.length > 8 && led.length <= 18, `${led.length}`);
  });

  it('lead from the frame that looks like the one named', () => {
    const led = filled().since({ mediaMs: undefined, print: printOf(picture(80)) });
    assert.deepEqual(led[0], picture(80));
  });

  it('do not know frames older than two seconds, or of another place', () => {
    assert.deepEqual(filled().since({ mediaMs: 10, print: undefined }), []);
    const flat = printOf({ width: 320, height: 180, luma: new Uint8Array(320 * 180) });
    assert.deepEqual(filled().since({ mediaMs: undefined, print: flat }), []);
  });

  it('begin anew when the clock goes back', () => {
    const recent = filled();
    recent.add({ mediaMs: 5, print: printOf(picture(1)), grey: picture(1) });
    assert.equal(recent.since({ mediaMs: 5, print: undefined }).length, 1);
  });
});

describe('anchors', () => {
  it('carry a reference of the frame, its print, and a region inside it', () => {
    const anchor = anchorOn(picture(1), regionAround({ x: 0.99, y: 0.02 }, 16 / 9), { rtpTimestamp: 7 });
    assert.equal(anchor.frame.rtpTimestamp, 7);
    assert.equal(anchor.frame.print?.length, 96);
    assert.ok(anchor.reference.length > 0 && anchor.reference.length <= (4096 * 4) / 3 + 1);
    const { x, y, width, height } = anchor.region;
    assert.ok(x >= 0 && y >= 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9);
  });
});
