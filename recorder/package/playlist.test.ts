import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Init, Segment } from '../../signaling/protocol/manifest.ts';
import { decodeFile, encodeStream } from '../container/testing/streams.ts';
import { SegmentCutter } from './cutter.ts';
import { NO_STATISTICS } from './manifest.ts';
import { masterPlaylist, mediaPlaylist } from './playlist.ts';
import { streamEvents } from './testing/events.ts';

const run = promisify(execFile);
const stored = (file: string) => ({ file, bytes: 1000, hash: '', plain: '' });
const init = (initId: string): Init => ({
  initId,
  mimeType: 'video/mp4; codecs="avc1.640033"',
  width: 1920,
  height: 1080,
  ...stored(`tracks/t/init-${initId}.mp4`),
});
const segment = (n: number, from: number, to: number, initId = 'i1'): Segment => ({
  ...stored(`tracks/t/seg-${n}.m4s`),
  ...{ n, from, to, initId, frames: 1, keyframes: [] },
});
const anchorUtc = Date.UTC(2026, 0, 1);

describe('playlists', function () {
  this.timeout(60_000);

  it('say what is missing and where the init changes', () => {
    const segments = [
      segment(1, 1000, 3000),
      segment(2, 3000, 4000),
      segment(3, 7500, 9000),
      segment(4, 9000, 10_000, 'i2'),
    ];
    const text = mediaPlaylist({ inits: [init('i1'), init('i2')], segments, anchorUtc, ended: false });
    assert.deepEqual(text.split('\n'), [
      '#EXTM3U',
      '#EXT-X-VERSION:8',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-PLAYLIST-TYPE:EVENT',
      '#EXT-X-MAP:URI="init-i1.mp4"',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:01.000Z',
      '#EXTINF:2.000000,',
      'seg-1.m4s',
      '#EXTINF:1.000000,',
      'seg-2.m4s',
      '#EXT-X-GAP',
      '#EXTINF:2.000000,',
      'gap',
      '#EXT-X-GAP',
      '#EXTINF:1.500000,',
      'gap',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:07.500Z',
      '#EXTINF:1.500000,',
      'seg-3.m4s',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-MAP:URI="init-i2.mp4"',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:09.000Z',
      '#EXTINF:1.000000,',
      'seg-4.m4s',
      '',
    ]);
  });

  it('only grow while the track grows', () => {
    const all = [1, 2, 3, 4].map((n) => segment(n, n * 2500, n * 2500 + 2000));
    const texts = all.map((_, n) =>
      mediaPlaylist({ inits: [init('i1')], segments: all.slice(0, n + 1), anchorUtc, ended: false }),
    );
    for (const [n, text] of texts.entries()) assert((texts[n + 1] ?? text).startsWith(text));
  });

  it('play in ffmpeg, whole, with their master playlist', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'goldenhour-hls-'));
    try {
      const stream = await encodeStream({ codec: 'h264', seconds: 5, keyEvery: 1000 });
      const cutter = new SegmentCutter('video');
      const outputs = [
        ...streamEvents(stream, 0).flatMap((event) => [...cutter.push(event)]),
        ...cutter.end(),
      ];
      await mkdir(join(folder, 'tracks', 't'), { recursive: true });
      const segments: Segment[] = [];
      for (const output of outputs) {
        if (output.type === 'init') await writeFile(join(folder, 'tracks/t/init-i1.mp4'), output.bytes);
        if (output.type !== 'segment') continue;
        segments.push(segment(output.n, output.from, output.to));
        await writeFile(join(folder, `tracks/t/seg-${output.n}.m4s`), output.bytes);
      }
      const playlist = 'tracks/t/index.m3u8';
      const inits = [init('i1')];
      await writeFile(join(folder, playlist), mediaPlaylist({ inits, segments, anchorUtc, ended: true }));
      const owner = { peerId: 'p', organisationId: 'o', patientId: 'P1' };
      const none = { gaps: [], fills: [], clock: [], journal: [], thumbnails: [], epochs: [1] };
      const times = { from: 0, to: 5000, durableUntil: 5000 };
      const master = masterPlaylist([
        {
          trackId: 't',
          kind: 'video',
          owner,
          ...none,
          ...times,
          inits,
          segments,
          statistics: NO_STATISTICS,
          playlist,
        },
      ]);
      await writeFile(join(folder, 'master.m3u8'), master ?? '');
      assert.deepEqual(await decodeFile(join(folder, playlist)), stream.decoded);
      const show = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0'];
      const { stdout } = await run('ffprobe', [...show, join(folder, 'master.m3u8')]);
      assert.match(stdout, /h264/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
