import assert from 'node:assert/strict';
import { DISK_LEVELS, type DiskLevel } from '../../signaling/protocol/recorder.ts';
import { FULL_BYTES, isEssential, nextLevel, type ShedSubject, shedOf, threshold } from './disk-policy.ts';
import { parseUdpTable } from './kernel-drops.ts';
import { HOLE_MS, KeyframeNeeds, REGULAR_MS } from './keyframe-needs.ts';
import { looksLikeKeyframe } from './keyframe-start.ts';
import { splitRtcp } from './streams.ts';

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('the requests for keyframes', () => {
  /** Runs a source of 30 frames a second; answers when it was asked. */
  function run(ms: number, source: (nowMs: number, needs: KeyframeNeeds, asked: number[]) => void): number[] {
    const needs = new KeyframeNeeds();
    const asked: number[] = [];
    for (let now = 0; now < ms; now += 20) {
      source(now, needs, asked);
      if (now % 100 === 0 && needs.due(now)) asked.push(now);
    }
    return asked;
  }

  it('come at the start until a keyframe comes, ever more seldom', () => {
    const asked = run(60_000, () => {});
    assert.deepEqual(asked.slice(0, 4), [1500, 2500, 4500, 8500], 'the node is left time to begin');
    assert.ok(asked.length >= 8, 'it never stops asking');
    const answered = run(9_000, (now, needs) => needs.packet(now / 20, now === 1200, now));
    assert.deepEqual(answered, [0, 1000]);
  });

  it('say once that packets have stopped, and again after they came back', () => {
    const needs = new KeyframeNeeds();
    const said: number[] = [];
    for (let now = 0; now < 6000; now += 100) {
      if (now < 1000 || (now >= 3000 && now < 4000)) needs.packet(now / 100, false, now);
      if (needs.hasFallenSilent(now)) said.push(now);
    }
    assert.deepEqual(said, [1400, 4400]);
  });

  it('come when a hole is not filled, and not for packets that are only late', () => {
    const late = run(9_000, (now, needs) => {
      const n = now / 20;
      if (n === 200) return;
      needs.packet(n, now === 0, now);
      if (n === 200 + (HOLE_MS - 100) / 20) needs.packet(200, false, now);
    });
    assert.deepEqual(late, []);
    const lost = run(9_000, (now, needs, asked) => {
      const n = now / 20;
      if (n !== 200) needs.packet(n, now === 0 || (asked.at(-1) ?? now) === now - 100, now);
    });
    assert.equal(lost.length, 1);
    assert.ok((lost[0] ?? 0) >= 4000 + HOLE_MS && (lost[0] ?? 0) <= 4000 + HOLE_MS + 200);
  });

  it('come every 10 s while a source sends no keyframe by itself, and never while it is silent', () => {
    const asked = run(45_000, (now, needs, before) => {
      needs.packet(now / 20, now === 0 || before.at(-1) === now - 100, now);
    });
    assert.equal(asked.length, 4);
    const silent = run(45_000, (now, needs) => {
      if (now < 1000) needs.packet(now / 20, now === 0, now);
    });
    assert.deepEqual(silent, []);
  });

  it('never come within 2 s of a keyframe or 500 ms of one another, whatever is lost', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const next = numbers(seed);
      const loss = next(30);
      let sequence = next(65_536);
      const keyframes: number[] = [];
      const asked = run(60_000, (now, needs, before) => {
        sequence += next(500) === 0 ? 5000 : 1;
        if (next(100) < loss) return;
        const isKey = now === 0 || before.at(-1) === now - 60;
        if (isKey) keyframes.push(now);
        needs.packet(sequence & 0xffff, isKey, now);
      });
      for (const [index, at] of asked.entries()) {
        assert.ok(at - (asked[index - 1] ?? -500) >= 500, `seed ${seed}: asked at ${at}`);
        assert.ok(!keyframes.some((key) => key <= at && at - key < 2000), `seed ${seed}: asked at ${at}`);
      }
      assert.ok(loss < 3 || asked.length > 10, `seed ${seed}: loss is answered, ${asked.length}`);
      assert.ok(loss > 0 || asked.length <= 1 + 60_000 / REGULAR_MS, `seed ${seed}: ${asked.length}`);
    }
  });
});

describe('the holes of a stream', () => {
  it('are bounded, however many packets a sender leaves out', () => {
    const needs = new KeyframeNeeds();
    for (let packet = 0; packet < 20_000; packet += 1) needs.packet((packet * 999) & 0xffff, false, 0);
    assert.ok(needs.missing <= 2_000, `${needs.missing} are waited for`);
  });
});

describe('the look at a packet', () => {
  const cases: [string, number[], boolean][] = [
    ['video/VP8', [0x10, 0x00], true],
    ['video/VP8', [0x10, 0x01], false],
    ['video/VP8', [0x00, 0x00], false],
    ['video/vp8', [0x90, 0xe0, 0x81, 0x02, 0x05, 0x20, 0x10], true],
    ['video/vp8', [0x90, 0xe0, 0x81, 0x02, 0x05, 0x20, 0x11], false],
    ['video/VP9', [0x8b, 0x80, 0x01, 0x00], true],
    ['video/VP9', [0xa8, 0x05, 0x00], true],
    ['video/VP9', [0xa8, 0x05, 0x02], false],
    ['video/VP9', [0xe8, 0x05, 0x00], false],
    ['video/H264', [0x65, 0x88], true],
    ['video/H264', [0x41, 0x88], false],
    ['video/H264', [0x78, 0x00, 0x02, 0x67, 0x42, 0x00, 0x02, 0x68, 0xce], true],
    ['video/H264', [0x78, 0x00, 0x02, 0x06, 0x42], false],
    ['video/H264', [0x7c, 0x85], true],
    ['video/H264', [0x7c, 0x05], false],
    ['video/AV1', [0x18], true],
    ['video/AV1', [0x10], false],
    ['audio/opus', [0xfc], false],
    ['video/VP8', [], false],
    ['video/VP9', [0xa8], false],
    ['video/H264', [0x78], false],
  ];
  it('knows the start of a keyframe of every codec', () => {
    for (const [mimeType, bytes, wanted] of cases) {
      assert.equal(looksLikeKeyframe(mimeType, Uint8Array.from(bytes)), wanted, `${mimeType} ${bytes}`);
    }
  });

  it('never fails, whatever the bytes are', () => {
    const next = numbers(4);
    for (let i = 0; i < 20_000; i += 1) {
      const bytes = Uint8Array.from({ length: next(40) }, () => next(256));
      for (const mimeType of ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1']) {
        assert.equal(typeof looksLikeKeyframe(mimeType, bytes), 'boolean');
      }
      splitRtcp(bytes);
    }
  });

  it('takes compound RTCP apart', () => {
    const report = (ssrc: number, words: number) => {
      const packet = Buffer.alloc(4 * (words + 1));
      packet.writeUInt8(0x80, 0);
      packet.writeUInt8(200, 1);
      packet.writeUInt16BE(words, 2);
      packet.writeUInt32BE(ssrc, 4);
      return packet;
    };
    const found = splitRtcp(Buffer.concat([report(7, 6), report(8, 1), Buffer.from([0x80, 200])]));
    assert.deepEqual(
      found.map(({ ssrc, packet }) => [ssrc, packet.length]),
      [
        [7, 28],
        [8, 8],
      ],
    );
  });

  it('reads what the kernel dropped', () => {
    const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  123: 0100007F:C350 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 42
  124: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 0
`;
    assert.deepEqual(
      [...parseUdpTable(table)],
      [
        ['127.0.0.1:50000', 42],
        ['0.0.0.0:53', 0],
      ],
    );
  });
});

describe('what is given up as space ends', () => {
  const GIB = 1024 ** 3;
  const subjects: Record<string, ShedSubject> = {
    sound: { kind: 'audio', role: 'voice', encodings: 1 },
    telephone: { kind: 'audio', role: 'telephone', encodings: 1 },
    patient: { kind: 'video', role: 'patient', encodings: 3 },
    overview: { kind: 'video', role: 'overview', encodings: 1 },
    face: { kind: 'video', role: 'face', encodings: 2 },
    screen: { kind: 'video', role: 'screen', encodings: 1 },
    glasses: { kind: 'video', role: 'glasses', encodings: 3 },
    monitor: { kind: 'video', role: 'monitor', encodings: 1 },
    previews: { kind: 'messages', encodings: 1 },
  };
  const shedAt = (level: DiskLevel) =>
    Object.fromEntries(
      Object.entries(subjects).flatMap(([name, subject]) => {
        const shed = shedOf(subject, level);
        return shed === 'none' ? [] : [[name, shed]];
      }),
    );

  it('goes in order of worth: thumbnails, overviews, 4K layers, the rest, and sound and patient last of all', () => {
    const overviews = { overview: 'all', face: 'all', screen: 'all' };
    assert.deepEqual(shedAt('ok'), {});
    assert.deepEqual(shedAt('no-thumbnails'), {});
    assert.deepEqual(shedAt('no-overview'), overviews);
    assert.deepEqual(shedAt('no-4k'), { ...overviews, glasses: 'largest' });
    assert.deepEqual(shedAt('essential'), { ...overviews, glasses: 'all', monitor: 'all', previews: 'all' });
    assert.equal(Object.keys(shedAt('full')).length, Object.keys(subjects).length);
  });

  it('never gives up sound or the patient while a byte is left that can be written', () => {
    const next = numbers(11);
    for (let i = 0; i < 5000; i += 1) {
      const reserve = next(4) * GIB + next(GIB);
      const before = DISK_LEVELS[next(DISK_LEVELS.length)] ?? 'ok';
      const free = FULL_BYTES + next(2 * reserve + 1);
      const level = nextLevel(before, free, reserve);
      for (const subject of Object.values(subjects)) {
        if (isEssential(subject) && before !== 'full') assert.equal(shedOf(subject, level), 'none');
      }
    }
  });

  it('becomes worse at once, and better only with room to spare', () => {
    const reserve = 2 * GIB;
    let level: DiskLevel = 'ok';
    const seen: DiskLevel[] = [];
    for (let free = 3 * GIB; free >= 0; free -= 1024 ** 2) {
      level = nextLevel(level, free, reserve);
      if (seen.at(-1) !== level) seen.push(level);
    }
    assert.deepEqual(seen, [...DISK_LEVELS]);
    const edge = threshold('no-overview', reserve);
    assert.equal(nextLevel('no-overview', edge + 1, reserve), 'no-overview', 'it does not flap at the edge');
    assert.equal(nextLevel('no-overview', edge * 1.26, reserve), 'no-thumbnails');
    assert.equal(nextLevel('full', 3 * GIB, reserve), 'ok');
  });
});
