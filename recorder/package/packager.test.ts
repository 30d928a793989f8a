import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '../../platform/log.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { type EncodedStream, encodeStream } from '../container/testing/streams.ts';
import { openBytes } from '../core/envelope.ts';
import type { DurableTrack } from '../core/packager.ts';
import { MANIFEST_FILE } from './names.ts';
import { createPackager, type PackagerOptions } from './packager.ts';
import { journalOf, TestRecording } from './testing/recording.ts';

async function eventually(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!(await isSo())) {
    if (performance.now() > end) assert.fail(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the packager in its thread', function () {
  this.timeout(120_000);
  let stream: EncodedStream;
  let recording: TestRecording;

  const options = (more: Partial<PackagerOptions> = {}): PackagerOptions => ({
    folderOf: () => recording.folder,
    keys: recording.keys,
    log: createLogger('test', {}, { level: 'silent' }),
    ...more,
  });
  const manifest = async () => {
    const file = join(recording.folder, MANIFEST_FILE);
    if (!existsSync(file)) return undefined;
    return Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  };
  const segments = async () => (await manifest())?.tracks[0]?.segments.length ?? 0;
  const last = async (): Promise<DurableTrack[]> => (await recording.positions('camera')).slice(-1);

  before(async () => {
    stream = await encodeStream({ codec: 'h264', seconds: 14, keyEvery: 120 });
  });
  beforeEach(async () => {
    recording = await TestRecording.make([
      { trackId: 'camera', codec: 'h264', journal: journalOf(stream, { startMs: 1000 }) },
    ]);
  });
  afterEach(() => recording.remove());

  it('makes segments, playlists and thumbnails while the room is live, and ends it', async () => {
    const packager = createPackager(options({ ffmpeg: 'ffmpeg' }));
    try {
      packager.advance(recording.state, await last());
      await eventually('segments', async () => (await segments()) >= 5);
      assert.equal((await manifest())?.state, 'recording');
      await eventually('no lag', () => packager.lagMs('room1') === 0);
      const summary = await packager.finish(recording.state);
      assert.equal(summary.state, 'ended');
      assert.equal(summary.gaps, 0);
      const ended = await manifest();
      const [track] = ended?.tracks ?? [];
      assert(track);
      assert.equal(ended?.state, 'ended');
      assert.equal(
        track.segments.reduce((sum, { frames }) => sum + frames, 0),
        stream.frames.length,
      );
      assert.equal(track.journal.length > 1, true);
      const playlist = await readFile(join(recording.folder, track.playlist ?? ''), 'utf8');
      assert.match(playlist, /#EXT-X-PLAYLIST-TYPE:VOD/);
      assert.match(playlist, /#EXT-X-ENDLIST/);
      assert.deepEqual(
        track.thumbnails.map(({ at }) => Math.round(at / 1000)),
        [1, 13],
      );
      const [thumbnail] = track.thumbnails;
      const stored = await readFile(join(recording.folder, thumbnail?.file ?? ''));
      const jpeg = openBytes(await recording.trackKey('camera'), thumbnail?.file ?? '', stored);
      assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    } finally {
      await packager.close('end of test');
    }
  });

  it('packages what a recorder before left, without being told of any track', async () => {
    const packager = createPackager(options());
    try {
      packager.advance(recording.state, []);
      await eventually('segments', async () => (await segments()) >= 5);
    } finally {
      await packager.close('end of test');
    }
  });

  it('makes no thumbnail when space is short', async () => {
    const packager = createPackager(options({ ffmpeg: 'ffmpeg' }));
    try {
      packager.setDiskLevel('no-thumbnails');
      await packager.finish(recording.state);
      assert.deepEqual((await manifest())?.tracks[0]?.thumbnails, []);
    } finally {
      await packager.close('end of test');
    }
  });

  it('goes on with the check when there is one, and answers what it said', async () => {
    const packager = createPackager(
      options({ afterwards: async (_, ended) => ({ ...ended, state: 'checked', verified: true }) }),
    );
    try {
      const summary = await packager.finish(recording.state);
      assert.deepEqual([summary.state, summary.verified], ['checked', true]);
    } finally {
      await packager.close('end of test');
    }
  });

  it('starts its thread again when it dies, and loses nothing', async () => {
    const file = join(recording.base, 'die');
    await writeFile(file, '');
    process.env.GOLDENHOUR_TEST_DYING = file;
    const packager = createPackager(
      options({ thread: new URL('./testing/dying-thread.ts', import.meta.url) }),
    );
    try {
      packager.advance(recording.state, await last());
      await eventually('the death of the thread', () => !existsSync(file));
      const summary = await packager.finish(recording.state);
      assert.equal(summary.state, 'ended');
      assert((await segments()) >= 7);
    } finally {
      delete process.env.GOLDENHOUR_TEST_DYING;
      await packager.close('end of test');
    }
  });

  it('gives up a room of which its thread dies again and again, and goes on with others', async () => {
    const packager = createPackager(
      options({ thread: new URL('./testing/poisoned-thread.ts', import.meta.url) }),
    );
    try {
      const poison = { ...recording.state, roomId: 'poison' };
      const given = assert.rejects(packager.finish(poison), { code: 'packaging-failed' });
      const other = packager.finish(recording.state);
      await given;
      assert.equal((await other).state, 'ended');
      packager.advance({ ...poison, finished: undefined }, await last());
      assert.equal((await packager.finish(recording.state)).state, 'ended');
    } finally {
      await packager.close('end of test');
    }
  });

  it('says why when a room cannot be packaged, and goes on with others', async () => {
    const packager = createPackager(options());
    try {
      const broken = { ...recording.state, roomId: 'room2', incidentId: 'not an id' };
      await assert.rejects(packager.finish(broken), { code: 'packaging-failed' });
      assert.equal((await packager.finish(recording.state)).state, 'ended');
    } finally {
      await packager.close('end of test');
    }
  });

  it('closes in the middle of work, and refuses more', async () => {
    const packager = createPackager(options());
    const finishing = packager.finish(recording.state);
    const refused = assert.rejects(finishing, { code: 'packaging-failed' });
    await packager.close('end of test');
    await packager.close('again');
    await refused;
    await assert.rejects(packager.finish(recording.state), { code: 'closed' });
  });
});
