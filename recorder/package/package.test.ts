import assert from 'node:assert/strict';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Manifest, type ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { decodeBytes, type EncodedStream, encodeStream } from '../container/testing/streams.ts';
import { openBytes } from '../core/envelope.ts';
import type { CodecConfig, JournalFrame, TrackNote } from '../core/types.ts';
import { MANIFEST_FILE, plainHash } from './names.ts';
import { journalOf, nanoseconds, type Sent, TestRecording } from './testing/recording.ts';

async function manifestOf(recording: TestRecording): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(join(recording.folder, MANIFEST_FILE), 'utf8')));
}

/** Plain bytes of inits and segments in order, checked against both hashes of the manifest. */
async function plainOf(recording: TestRecording, track: ManifestTrack): Promise<Map<string, Buffer>> {
  const key = await recording.trackKey(track.trackId);
  const found = new Map<string, Buffer>();
  for (const { file, plain } of [...track.inits, ...track.segments]) {
    const bytes = openBytes(key, file, await readFile(join(recording.folder, file)));
    assert.equal(plainHash(key, file, bytes), plain);
    found.set(file, bytes);
  }
  return found;
}

async function decodeTrack(recording: TestRecording, track: ManifestTrack): Promise<string[]> {
  return decodeBytes(...(await plainOf(recording, track)).values());
}

function only(manifest: Manifest): ManifestTrack {
  const [track] = manifest.tracks;
  assert(track && manifest.tracks.length === 1);
  return track;
}

describe('a package made of journals', function () {
  this.timeout(120_000);
  const made: TestRecording[] = [];

  const record = async (stream: EncodedStream, sent: Sent = { startMs: 10_000 }) => {
    const recording = await TestRecording.make([
      { trackId: 'track1', codec: stream.config.codec, journal: journalOf(stream, sent) },
    ]);
    made.push(recording);
    const packager = recording.packager();
    await packager.finish(recording.state);
    await packager.close();
    return recording;
  };
  after(async () => {
    for (const recording of made) await recording.remove();
  });

  const codecs: readonly CodecConfig['codec'][] = ['vp8', 'vp9', 'h264', 'av1', 'opus'];
  for (const codec of codecs) {
    it(`holds every frame of ${codec} at its time, as independent decoders see it`, async () => {
      const stream = await encodeStream({ codec, seconds: 5, keyEvery: 45 });
      const recording = await record(stream);
      const track = only(await manifestOf(recording));
      const decoded = await decodeTrack(recording, track);
      if (codec === 'opus') assert(Math.abs(decoded.length - stream.decoded.length) <= 1);
      else assert.deepEqual(decoded, stream.decoded);
      assert.equal(
        track.segments.reduce((sum, { frames }) => sum + frames, 0),
        stream.frames.length,
      );
      assert(track.segments.length >= 3);
      assert(track.segments.every(({ from, to }) => to - from <= 2000.05));
      assert(Math.abs(track.from - 10_000) < 30, `from ${track.from}`);
      assert(Math.abs(track.to - 15_000) < 60, `to ${track.to}`);
      assert.deepEqual(track.gaps, []);
      const keys = stream.frames.filter(({ keyframe }) => keyframe).length;
      assert.equal(track.segments.flatMap(({ keyframes }) => keyframes).length, codec === 'opus' ? 0 : keys);
    });
  }

  it('plays each segment that begins with a keyframe by itself behind its init', async () => {
    const stream = await encodeStream({ codec: 'vp9', seconds: 5, keyEvery: 30 });
    const recording = await record(stream);
    const track = only(await manifestOf(recording));
    const plain = await plainOf(recording, track);
    const init = plain.get(track.inits[0]?.file ?? '');
    assert(init);
    let frames = 0;
    for (const segment of track.segments) {
      assert.equal(segment.keyframes[0], segment.from);
      const alone = await decodeBytes(init, plain.get(segment.file) ?? Buffer.alloc(0));
      assert.deepEqual(alone, stream.decoded.slice(frames, frames + segment.frames));
      frames += segment.frames;
    }
  });

  it('goes on through wraps of sequence numbers and of 13 hours of timestamps', async () => {
    const stream = await encodeStream({ codec: 'vp8', seconds: 5, keyEvery: 1000 });
    const sent = { startMs: 47_000_000, rtpStart: 2 ** 32 - 90_000 * 2, sequenceStart: 65_500 };
    const recording = await record(stream, sent);
    const track = only(await manifestOf(recording));
    assert.deepEqual(await decodeTrack(recording, track), stream.decoded);
    assert.deepEqual(track.gaps, []);
    assert.equal(new Set(track.clock.map(({ stretch }) => stretch)).size, 1);
    assert(Math.abs(track.to - track.from - 5000) < 60);
  });

  it('lists what a loss cost and goes on at the next keyframe', async () => {
    const stream = await encodeStream({ codec: 'h264', seconds: 5, keyEvery: 45 });
    const recording = await record(stream, { startMs: 10_000, lost: new Set([60]) });
    const track = only(await manifestOf(recording));
    const decoded = await decodeTrack(recording, track);
    assert.deepEqual(decoded, [...stream.decoded.slice(0, 60), ...stream.decoded.slice(90)]);
    const missing = track.gaps.reduce((sum, { from, to }) => sum + to - from, 0);
    assert(Math.abs(missing - 1000) < 40, JSON.stringify(track.gaps));
    assert.deepEqual(
      track.gaps.map(({ cause }) => cause),
      ['lost', 'no-keyframe'],
    );
    assert(track.statistics.lost > 0);
  });

  it('lists what the publisher had still to send when it was lost, as soon as its track has ended', async () => {
    const stream = await encodeStream({ codec: 'vp8', seconds: 2, keyEvery: 45 });
    const note = (ms: number, of: TrackNote): JournalFrame => ({
      type: 'note',
      at: nanoseconds(ms),
      note: of,
    });
    const journal = [
      ...journalOf(stream, { startMs: 10_000 }),
      note(13_000, { kind: 'link-lost' }),
      note(20_000, { kind: 'stopped', reason: 'the peer was gone for too long' }),
    ];
    const recording = await TestRecording.make([{ trackId: 'track1', codec: 'vp8', journal }]);
    made.push(recording);
    const packager = recording.packager();
    const last = (await recording.positions('track1')).at(-1);
    assert(last);
    // Its journal ends with that note, so nothing later will ever say that the time has come.
    await packager.advance(recording.state, [{ ...last, until: nanoseconds(20_000), ended: true }]);
    await packager.close();
    const { state, tracks } = await manifestOf(recording);
    assert.equal(state, 'recording');
    const [gap] = tracks[0]?.gaps ?? [];
    assert(gap && tracks[0]?.gaps.length === 1);
    assert.deepEqual([gap.cause, gap.to], ['link', 20_000]);
    assert(Math.abs(gap.from - 12_000) < 60, `from ${gap.from}`);
  });

  it('takes a change of resolution as a new init of the same track', async () => {
    const small = await encodeStream({ codec: 'vp8', seconds: 2, keyEvery: 1000 });
    const large = await encodeStream({ codec: 'vp8', seconds: 2, keyEvery: 1000, width: 320, height: 240 });
    const later = large.frames.map((frame) => ({ ...frame, time: frame.time + 2 }));
    const recording = await record({ ...small, frames: [...small.frames, ...later] });
    const track = only(await manifestOf(recording));
    assert.deepEqual(
      track.inits.map(({ width, height }) => [width, height]),
      [
        [192, 108],
        [320, 240],
      ],
    );
    const plain = await plainOf(recording, track);
    for (const [index, init] of track.inits.entries()) {
      const segments = track.segments.filter(({ initId }) => initId === init.initId);
      const files = [init, ...segments].map(({ file }) => plain.get(file) ?? Buffer.alloc(0));
      assert.deepEqual(await decodeBytes(...files), [small, large][index]?.decoded);
    }
    assert.deepEqual(track.gaps, []);
  });
});

describe('the fold', function () {
  this.timeout(180_000);

  it('gives the same stored files however the journals were cut into pieces, and wherever it was stopped', async () => {
    const picture = await encodeStream({ codec: 'h264', seconds: 12, keyEvery: 150 });
    const sound = await encodeStream({ codec: 'opus', seconds: 12 });
    const recording = await TestRecording.make([
      {
        trackId: 'camera',
        codec: 'h264',
        journal: journalOf(picture, { startMs: 5000, lost: new Set([100]) }),
      },
      { trackId: 'voice', codec: 'opus', journal: journalOf(sound, { startMs: 5200 }) },
    ]);
    try {
      const copy = join(recording.base, 'recordings', 'whole');
      await cp(recording.folder, copy, { recursive: true });
      const whole = recording.packager(undefined, copy);
      await whole.finish(recording.state);
      await whole.close();
      let now = 0;
      const [camera, voice] = [await recording.positions('camera'), await recording.positions('voice')];
      for (let n = 0; n < Math.max(camera.length, voice.length); n += 1) {
        // A new packager each time: every step goes on from a checkpoint or from the start.
        const packager = recording.packager(() => now);
        now += n % 3 === 0 ? 60_000 : 0;
        await packager.advance(recording.state, []);
        now += n % 2 === 0 ? 60_000 : 0;
        const reached = [camera[n] ?? camera.at(-1), voice[n] ?? voice.at(-1)];
        await packager.advance(
          recording.state,
          reached.filter((each) => each !== undefined),
        );
        await packager.close();
      }
      const packager = recording.packager();
      await packager.finish(recording.state);
      await packager.close();
      for (const trackId of ['camera', 'voice']) {
        const files = (await readdir(join(copy, 'tracks', trackId))).filter(
          (name) => !name.startsWith('index'),
        );
        assert(files.length > 5);
        for (const name of files) {
          const path = join('tracks', trackId, name);
          const [a, b] = [await readFile(join(copy, path)), await readFile(join(recording.folder, path))];
          assert(a.equals(b), path);
        }
      }
    } finally {
      await recording.remove();
    }
  });
});
