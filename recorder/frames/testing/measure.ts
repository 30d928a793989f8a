/** `node recorder/frames/testing/measure.ts`: what a packet of a 4K track costs, from journal frame to timed picture. No test: read the figure. */
import { PeerClock } from '../../rtp/peer-clock.ts';
import { TrackFrames } from '../track-frames.ts';
import { clockFrame, ms, parametersNote, random } from './journal.ts';
import { packetise, vp9Payloads } from './packetise.ts';

const SECONDS = 60;
const FPS = 30;
/** 2,200 packets a second in three layers. */
const LAYER_BYTES = [5_000, 18_000, 58_000];

const next = random(1);
const head = Uint8Array.of(0x82, 0x49, 0x83, 0x42, 0x00, 0x3b, 0xf0, 0x21, 0xb0);
const sizes = [1, 2, 4].map((scale) => ({ width: 960 * scale, height: 540 * scale }));
const layers = LAYER_BYTES.map((size, sid) => {
  const layer = Uint8Array.from({ length: size }, () => Math.floor(next() * 256));
  layer.set(sid === 0 ? head : [0x86]);
  return layer;
});
const delta = layers.map((layer) => Uint8Array.from(layer));
for (const layer of delta) layer.set([0x86]);

for (const loss of [0, 0.01]) {
  const packets: { at: bigint; payload: Uint8Array }[] = [];
  let sequence = 0;
  for (let n = 0; n < SECONDS * FPS; n += 1) {
    const key = n % 300 === 0;
    const payloads = vp9Payloads({ layers: key ? layers : delta, key, sizes }, n & 0x7fff, true);
    payloads.forEach((payload, part) => {
      sequence += 1;
      const marker = part === payloads.length - 1;
      const at = ms(1000 + (n * 1000) / FPS + part / 10 + (next() < loss ? 80 : 0));
      packets.push({ at, payload: packetise({ ssrc: 1, sequence, timestamp: 3000 * n, marker, payload }) });
    });
  }
  packets.sort((a, b) => Number(a.at - b.at));
  const peer = new PeerClock();
  const track = new TrackFrames({ kind: 'video', peer });
  track.push(clockFrame());
  track.push(parametersNote('video/VP9', 96, [1]));
  const before = process.cpuUsage();
  for (const { at, payload } of packets) track.push({ type: 'rtp', at, payload });
  track.end();
  const { user, system } = process.cpuUsage(before);
  const each = (user + system) / packets.length;
  const rate = packets.length / SECONDS;
  console.log(
    `${(100 * loss).toFixed(0)} % retransmitted: ${each.toFixed(2)} µs a packet, ${(each * rate * 1e-4).toFixed(2)} % of a core at ${rate.toFixed(0)} packets/s, ${track.statistics.frames} frames`,
  );
}
