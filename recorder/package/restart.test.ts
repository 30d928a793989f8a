import assert from 'node:assert/strict';
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { encodeStream } from '../container/testing/streams.ts';
import { MANIFEST_FILE } from './names.ts';
import { rebuild } from './rebuild.ts';
import { journalOf, TestRecording } from './testing/recording.ts';

/** Every file of a package that is not for the packager alone, by path. */
async function filesOf(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('index.jsonl')) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(folder.length + 1), await readFile(path));
  }
  return found;
}

function assertSame(found: Map<string, Buffer>, wanted: Map<string, Buffer>, what: string): void {
  assert.deepEqual([...found.keys()].sort(), [...wanted.keys()].sort(), what);
  for (const [path, bytes] of wanted) assert(found.get(path)?.equals(bytes), `${what}: ${path} differs`);
}

describe('a package after a crash', function () {
  this.timeout(180_000);
  let recording: TestRecording;
  let wanted: Map<string, Buffer>;
  const index = () => join(recording.folder, 'tracks', 'camera', 'index.jsonl');
  const keys = () => ({
    trackKey: (trackId: string) => recording.trackKey(trackId),
    packageKey: async () => (await recording.keys.forWriting('room1', 'package')).key,
  });

  const finish = async () => {
    const packager = recording.packager();
    try {
      await packager.finish(recording.state);
    } finally {
      await packager.close();
    }
  };

  before(async () => {
    const stream = await encodeStream({ codec: 'vp9', seconds: 7, keyEvery: 60 });
    recording = await TestRecording.make([
      { trackId: 'camera', codec: 'vp9', journal: journalOf(stream, { startMs: 1000, lost: new Set([70]) }) },
    ]);
    await finish();
    wanted = await filesOf(recording.folder);
  });
  after(() => recording.remove());

  it('is the same again when its index was cut at any byte', async () => {
    const content = await readFile(index());
    // Each end of a line, the bytes around it, and some within.
    const ends = [...content.entries()].flatMap(([at, byte]) => (byte === 10 ? [at, at + 1] : []));
    for (const at of [0, 1, ...ends, ...ends.map((end) => Math.max(0, end - 37))]) {
      await truncate(index(), Math.min(at, content.length));
      await finish();
      assertSame(await filesOf(recording.folder), wanted, `cut at ${at}`);
      const lines = (await readFile(index(), 'utf8')).trim().split('\n');
      assert.equal(
        new Set(lines.filter((line) => line.includes('"number"'))).size,
        lines.filter((line) => line.includes('"number"')).length,
      );
    }
  });

  it('is the same again when zeros, half a line or a strange one stand behind its index', async () => {
    const gap = { from: 9000, to: 9500, cause: 'lost' };
    const strange = Buffer.from(`${JSON.stringify({ number: 999, gap })}\n`);
    for (const tail of [
      Buffer.alloc(512),
      Buffer.from('{"number":999,"segm'),
      Buffer.from('{"number":1}\n'),
      strange,
    ]) {
      const content = await readFile(index());
      await writeFile(index(), Buffer.concat([content, tail]));
      await finish();
      assertSame(await filesOf(recording.folder), wanted, `tail of ${tail.length}`);
    }
  });

  it('is the same again when another version of the program had cut it in other places', async () => {
    const content = await readFile(index(), 'utf8');
    const lines = content.split('\n');
    const at = lines.findIndex((line) => line.includes('"n":2'));
    lines[at] = (lines[at] ?? '').replace(/"frames":\d+/, '"frames":1');
    await writeFile(index(), lines.join('\n'));
    await finish();
    assertSame(await filesOf(recording.folder), wanted, 'other places');
  });

  it('is the same again when the last segments were half written', async () => {
    const content = await readFile(index(), 'utf8');
    const lines = content.split('\n').filter((line) => line.includes('"segment"'));
    const line = lines.at(-2) ?? '';
    const file = /"file":"([^"]+)"/.exec(line)?.[1] ?? '';
    await truncate(index(), content.indexOf(line));
    await truncate(join(recording.folder, file), 100);
    await writeFile(join(recording.folder, 'tracks', 'camera', '.abc.part'), 'left');
    await finish();
    await rm(join(recording.folder, 'tracks', 'camera', '.abc.part'));
    assertSame(await filesOf(recording.folder), wanted, 'half a segment');
  });

  it('goes on from a checkpoint, and without one when it does not open', async () => {
    const positions = await recording.positions('camera');
    const middle = positions[Math.floor(positions.length / 2)];
    assert(middle);
    for (const damage of [false, true]) {
      await rm(index());
      let now = 0;
      const packager = recording.packager(() => now);
      now = 60_000;
      await packager.advance(recording.state, [middle]);
      await packager.close();
      const checkpoint = join(recording.folder, 'checkpoints', 'crew1');
      const bytes = await readFile(checkpoint);
      if (damage) await writeFile(checkpoint, bytes.fill(7, 200, 220));
      await finish();
      const found = await filesOf(recording.folder);
      assertSame(found, wanted, damage ? 'damaged checkpoint' : 'checkpoint');
    }
  });

  it('is found to be what its journals give, and is repaired from them where it is not', async () => {
    assert.deepEqual(await rebuild(recording.folder, keys()), {
      segments: 4,
      differences: [],
      replaced: false,
    });
    const manifest = Manifest.parse(
      JSON.parse(await readFile(join(recording.folder, MANIFEST_FILE), 'utf8')),
    );
    const second = manifest.tracks[0]?.segments[1];
    assert(second);
    await rm(join(recording.folder, second.file));
    const found = await rebuild(recording.folder, keys());
    assert.deepEqual(found.differences, [{ trackId: 'camera', what: 'segment 2' }]);
    const repaired = await rebuild(recording.folder, { ...keys(), replace: true });
    assert(repaired.replaced);
    assertSame(await filesOf(recording.folder), wanted, 'rebuilt');
  });

  it('is not changed by a rebuild when it is sealed', async () => {
    const folder = join(recording.base, 'recordings', 'sealed');
    await cp(recording.folder, folder, { recursive: true });
    const file = join(folder, MANIFEST_FILE);
    const manifest = Manifest.parse(JSON.parse(await readFile(file, 'utf8')));
    const [track] = manifest.tracks;
    assert(track);
    await writeFile(file, JSON.stringify({ ...manifest, state: 'sealed', tracks: [{ ...track, gaps: [] }] }));
    await assert.rejects(rebuild(folder, { ...keys(), replace: true }), { code: 'sealed' });
  });
});
