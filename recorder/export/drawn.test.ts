import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toBase64url } from '../../ar-annotations/frames/base64url.ts';
import { printOf } from '../../ar-annotations/frames/print.ts';
import type { TimedFact } from '../../ar-annotations/replay/scene-replay.ts';
import type { Mark, PoseMessage } from '../../ar-annotations/scene/types.ts';
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { MESSAGES_TYPE, MessageCutter } from '../package/messages.ts';
import { PeerClock } from '../rtp/peer-clock.ts';
import type { PlainAccess } from '../seal/plain.ts';
import { h264Of, type Media } from '../seal/testing/media.ts';
import { DrawnOnTrack } from './drawn.ts';
import { findFont } from './font.ts';
import { LetterMasks } from './letters.ts';
import { pictures } from './pictures.ts';
import { timeOf } from './plan.ts';

const TILE = { width: 640, height: 360 };
const SECONDS = 6;
/** The device's media clock is this far from the room's. */
const MEDIA_OFFSET = 700_000;

/** A grey world before a camera that swings; the same formula for the film and for the device. */
const swingAt = (seconds: number) => 30 * Math.sin(2.1 * seconds) + 12 * Math.sin(5 * seconds);
const SWING = '30*sin(2.1*T)+12*sin(5*T)';
const WORLD = `120+40*sin((X+${SWING})/23)*cos(Y/31)+30*cos((X+${SWING})/9+Y/13)`;
const worldAt = (x: number, y: number) =>
  120 + 40 * Math.sin(x / 23) * Math.cos(y / 31) + 30 * Math.cos(x / 9 + y / 13);

function frameOfDevice(seconds: number) {
  const [width, height] = [320, 180];
  const luma = Uint8Array.from({ length: width * height }, (_, n) =>
    worldAt((n % width) + swingAt(seconds), Math.floor(n / width)),
  );
  return { width, height, luma };
}

function poseAt(seconds: number): PoseMessage {
  // The device loses the mark in the fifth second.
  const isHeld = seconds < 4 || seconds >= 5;
  const h = [1, 0, -swingAt(seconds) / 320, 0, 1, 0, 0, 0, 1];
  return {
    ...{ v: 1, producerId: 'cam', mediaMs: MEDIA_OFFSET + seconds * 1000 },
    print: toBase64url(printOf(frameOfDevice(seconds))),
    poses: [
      {
        markId: 'm',
        state: isHeld ? 'held' : 'lost',
        confidence: 0.9,
        by: 'picture',
        ...(isHeld ? { h } : {}),
      },
    ],
  };
}

const mark: Mark = {
  ...{ markId: 'm', author: 'dr-lin', patientId: 'P1', aspect: 16 / 9 },
  surface: { kind: 'video', producerId: 'cam' },
  anchor: { kind: 'scene', frame: {}, reference: '', region: { x: 0, y: 0, width: 1, height: 1 } },
  shape: { kind: 'ellipse', centre: { x: 0.5, y: 0.5 }, rx: 0.05, ry: 0.05, rotation: 0 },
};
const added: TimedFact = { at: 500, fact: { type: 'MarkAdded', mark } };

const owner = { peerId: 'peer-1', organisationId: 'org-1', patientId: 'P1' };
const nothing = {
  ...{
    durableUntil: SECONDS * 1000,
    epochs: [1],
    gaps: [],
    fills: [],
    clock: [],
    journal: [],
    thumbnails: [],
  },
  statistics: {
    ...{ packets: 0, bytes: 0, lost: 0, reordered: 0, duplicates: 0, kernelDrops: 0, frames: 0 },
    ...{ keyframes: 0, brokenFrames: 0, ssrcChanges: 0, reports: 0, refusedReports: 0 },
  },
};
const stored = (file: string, bytes: Uint8Array) => ({ file, bytes: bytes.length, hash: '0', plain: '0' });

/** Files of a package, in memory. */
class Files {
  readonly #files = new Map<string, Uint8Array>();

  add(file: string, bytes: Uint8Array) {
    this.#files.set(file, bytes);
    return stored(file, bytes);
  }

  readonly access: PlainAccess = {
    open: async (file) => {
      const plain = this.#files.get(file);
      if (!plain) throw new Error(`There is no ${file}.`);
      return { plain, salt: new Uint8Array(16) };
    },
    trackKey: async () => new Uint8Array(32),
  };
}

function filmTrack(files: Files, media: Media): ManifestTrack {
  const { width = 0, height = 0, mimeType } = media;
  return {
    ...{ ...nothing, trackId: 'cam', kind: 'video', owner, role: 'glasses', from: 0, to: SECONDS * 1000 },
    inits: [{ initId: 'i1', ...files.add('tracks/cam/init.mp4', media.init), mimeType, width, height }],
    segments: media.pieces.map(({ bytes, from, to }, n) => ({
      ...{ n, ...files.add(`tracks/cam/seg-${n}.m4s`, bytes), initId: 'i1', from, to },
      ...{ frames: media.framesPerPiece, keyframes: [from] },
    })),
  };
}

/** Poses 15 times a second, as the recorder cuts and keeps them; they come 80 ms after their frame. */
function poseTrack(files: Files): ManifestTrack {
  const cutter = new MessageCutter(new PeerClock(), false);
  const segments: ManifestTrack['segments'] = [];
  const nanoseconds = (ms: number) => BigInt(Math.round(ms * 1e6));
  const frames = [
    { type: 'clock' as const, at: 0n, offsetMs: 0, errorMs: 0 },
    ...Array.from({ length: SECONDS * 15 }, (_, n) => ({
      type: 'message' as const,
      at: nanoseconds((n * 1000) / 15 + 80),
      payload: new TextEncoder().encode(JSON.stringify(poseAt(n / 15))),
    })),
  ];
  const outputs = [...frames.flatMap((frame) => [...cutter.push(frame)]), ...cutter.end()];
  for (const output of outputs) {
    if (output.type !== 'segment') continue;
    const { n, initId, from, to, frames: count, bytes } = output;
    const file = files.add(`tracks/poses/seg-${n}.msgs`, bytes);
    segments.push({ n, ...file, initId, from, to, frames: count, keyframes: [] });
  }
  const init = { initId: 'i1', ...stored('tracks/poses/init', new Uint8Array(8)), mimeType: MESSAGES_TYPE };
  const kind = { kind: 'messages' as const, label: 'pose' as const, producerId: 'cam' };
  return {
    ...nothing,
    ...kind,
    trackId: 'poses',
    owner,
    from: 0,
    to: SECONDS * 1000,
    inits: [init],
    segments,
  };
}

/** Middle of what is yellow (the first author's colour) in a frame, in parts of it; undefined where nothing is. */
function yellowIn(frame: Uint8Array): { x: number; y: number; pixels: number } | undefined {
  const [width, height] = [TILE.width / 2, TILE.height / 2];
  const blue = TILE.width * TILE.height;
  let [pixels, sumX, sumY] = [0, 0, 0];
  for (let n = 0; n < width * height; n += 1) {
    if ((frame[blue + n] ?? 128) > 90) continue;
    pixels += 1;
    sumX += n % width;
    sumY += Math.floor(n / width);
  }
  return pixels > 0 ? { x: sumX / pixels / width, y: sumY / pixels / height, pixels } : undefined;
}

describe('marks in an exported picture', function () {
  this.timeout(120_000);
  const files = new Files();
  let film: ManifestTrack;
  let poses: ManifestTrack;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawn-test-'));
    const source = `color=c=gray:size=320x180:rate=25:duration=${SECONDS},geq=lum='${WORLD}':cb=128:cr=128`;
    film = filmTrack(files, await h264Of(source, 0, '320x180'));
    poses = poseTrack(files);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function frames(facts: readonly TimedFact[], blank: Parameters<typeof pictures>[1]['blank'] = []) {
    const font = await findFont();
    const drawn = new DrawnOnTrack({
      ...{ manifest: { tracks: [film, poses] }, access: files.access, drawn: facts, trackId: 'cam', from: 0 },
      ...{ tile: TILE, masks: new LetterMasks(font === undefined ? undefined : { font, folder }) },
    });
    const made: Uint8Array[] = [];
    const options = { access: files.access, from: 0, to: SECONDS * 1000, blank, tile: TILE, drawn };
    for await (const frame of pictures(film, { ...options, field: () => new Uint8Array(0) }))
      made.push(frame);
    return made;
  }

  it('are where the device held them in each frame, and nowhere while it had lost them or before they were drawn', async () => {
    const made = await frames([added]);
    assert.equal(made.length, SECONDS * 25);
    let shown = 0;
    for (const [slot, frame] of made.entries()) {
      const seconds = timeOf(0, slot) / 1000;
      const yellow = yellowIn(frame);
      if (seconds < 0.45 || (seconds > 4.08 && seconds < 4.98)) assert.equal(yellow, undefined, `${seconds}`);
      if (!yellow || seconds < 1.5) continue;
      shown += 1;
      // The author's letter beside it draws its middle a little to the upper left.
      const error = Math.abs(yellow.x - (0.5 - swingAt(seconds) / 320));
      assert.ok(error < 0.03 && Math.abs(yellow.y - 0.5) < 0.04, `${seconds}: ${error}`);
    }
    assert.ok(shown > 75, `${shown} frames have it`);
  });

  it('go with the fact that erases them', async () => {
    const erased: TimedFact = {
      at: 2000,
      fact: { type: 'MarksErased', markIds: ['m'], author: 'dr-lin', reason: 'undo' },
    };
    const made = await frames([added, erased]);
    assert.ok(made.slice(30, 49).some((frame) => yellowIn(frame)));
    assert.ok(made.slice(50).every((frame) => yellowIn(frame) === undefined));
  });

  it('lie under what is blanked', async () => {
    const blank = [{ trackId: 'cam', from: 0, to: SECONDS * 1000, kind: 'video' as const }];
    const made = await frames([added], blank);
    assert.ok(made.every((frame) => yellowIn(frame) === undefined));
  });

  it('have words where there is a font', async () => {
    const text: Mark = {
      ...mark,
      anchor: { kind: 'corner', corner: 'top-left' },
      shape: { kind: 'text', at: { x: 0.5, y: 0.5 }, text: '压这里' },
    };
    const [frame] = await frames([{ at: 0, fact: { type: 'MarkAdded', mark: text } }]);
    const yellow = frame && yellowIn(frame);
    assert.ok(yellow && yellow.x < 0.35 && yellow.y < 0.25, JSON.stringify(yellow));
    assert.ok(yellow.pixels > 60, `${yellow.pixels}`);
  });
});
