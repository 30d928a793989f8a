/**
 * What a mediasoup worker costs at one load: so many rooms, publishers and viewers, plain RTP in, SRTP out to addresses whose packets the
 * kernel counts and drops. A worker of its own for each point, since memory that was once taken is not given back.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type * as mediasoup from 'mediasoup/types';
import { batchedWorker } from '../../platform/setup/batched-worker.ts';
import { routerCodecs } from '../../sfu/codecs.ts';
import { costOfProcess } from '../recorder/process-cost.ts';
import { onSecondCore } from './cores.ts';
import { PacedSource, type Stream } from './paced-source.ts';
import { windowOf } from './run-time.ts';

const run = promisify(execFile);
const SETTLE_MS = 600;
const RECEIVE_BYTES = 4 * 2 ** 20;
const FIRST_SINK = 61_000;
const SINKS = 4_000;
const SUITE = 'AEAD_AES_128_GCM';
/** 16 bytes of key and 12 of salt (RFC 7714 section 12). */
const KEY_BYTES = 28;

/** Rates of what cameras and microphones send: packets of 1,150 bytes as Chromium makes them, 20 ms of sound in each of Opus. */
export const RATES = {
  uhd: { kind: 'video', packetsPerSecond: 2174, bytes: 1150 },
  hd: { kind: 'video', packetsPerSecond: 435, bytes: 1150 },
  sound: { kind: 'audio', packetsPerSecond: 50, bytes: 100 },
} as const satisfies Record<string, Pick<Stream, 'packetsPerSecond' | 'bytes'> & { kind: 'audio' | 'video' }>;
export type Rate = keyof typeof RATES;

export interface MediaLoad {
  readonly rooms: number;
  /** What each room publishes. */
  readonly publishers: readonly Rate[];
  /** Viewers of each room; each receives all of it. */
  readonly viewers: number;
}

export interface MediaPoint {
  /** Percent of a core: of the worker, and of this process, which sends. */
  readonly worker: number;
  readonly generator: number;
  readonly rssBytes: number;
  /** Counted by the kernel on their way to the viewers. */
  readonly packetsOut: number;
  readonly mbitOut: number;
  /** How much less than wanted was sent, and reached the viewers, in percent. */
  readonly shortPercent: number;
  readonly lostPercent: number;
}

/** Counts and drops what goes to the viewers, in the network namespace of this process; needs one. */
export async function openSinks(): Promise<void> {
  if (process.env.GOLDENHOUR_NETNS !== '1') {
    throw new Error(
      'what goes to viewers is dropped in a network namespace only; set GOLDENHOUR_NETNS=1 inside one',
    );
  }
  const rules = `table ip cost {
    counter sinks { }
    chain in { type filter hook prerouting priority raw; udp dport ${FIRST_SINK}-${FIRST_SINK + SINKS} counter name sinks drop; }
  }`;
  // Workers hand over packets in batches; the kernel counts them where they are cut apart already.
  await run('ip', ['link', 'set', 'dev', 'lo', 'gso_max_segs', '1']);
  const nft = run('nft', ['-f', '-']);
  nft.child.stdin?.end(rules);
  await nft;
}

async function countSinks(): Promise<{ packets: number; bytes: number }> {
  const { stdout } = await run('nft', ['list', 'counter', 'ip', 'cost', 'sinks']);
  const [, packets = '0', bytes = '0'] = /packets (\d+) bytes (\d+)/.exec(stdout) ?? [];
  return { packets: Number(packets), bytes: Number(bytes) };
}

export async function measureMedia(load: MediaLoad, windowMs: number): Promise<MediaPoint> {
  // mediasoup reads where its worker is as it is loaded, which set-up has found by then.
  const { createWorker, workerBin } = await import('mediasoup');
  const worker = await createWorker({ logLevel: 'none', workerBin: await batchedWorker(workerBin) });
  try {
    await onSecondCore(worker.pid);
    const streams: Stream[] = [];
    for (let room = 0; room < load.rooms; room += 1) {
      streams.push(...(await openRoom(worker, load, room)));
    }
    const source = await PacedSource.open(streams);
    try {
      await sleep(SETTLE_MS);
      return await watch(worker.pid, source, load, windowMs);
    } finally {
      source.close();
    }
  } finally {
    const gone = once(worker, 'subprocessclose');
    worker.close();
    await gone;
  }
}

async function watch(
  pid: number,
  source: PacedSource,
  { rooms, publishers, viewers }: MediaLoad,
  windowMs: number,
): Promise<MediaPoint> {
  const before = await countSinks();
  const [sent, begin] = [source.sent, performance.now()];
  const window = await windowOf(pid, () => sleep(windowMs));
  const [sentAfter, seconds] = [source.sent, (performance.now() - begin) / 1000];
  const after = await countSinks();
  const { rssBytes } = await costOfProcess(pid);
  const packets = after.packets - before.packets;
  const perSecond = publishers.reduce((sum, rate) => sum + RATES[rate].packetsPerSecond, 0) * rooms;
  const short = (got: number, wanted: number) => (wanted === 0 ? 0 : 100 * (1 - got / wanted));
  return {
    worker: window.percent,
    generator: window.ownPercent,
    rssBytes,
    packetsOut: packets / seconds,
    mbitOut: ((after.bytes - before.bytes) * 8) / 1e6 / seconds,
    shortPercent: short(sentAfter - sent, perSecond * seconds),
    lostPercent: short(packets, (sentAfter - sent) * viewers),
  };
}

async function openRoom(worker: mediasoup.Worker, load: MediaLoad, room: number): Promise<Stream[]> {
  const router = await worker.createRouter({ mediaCodecs: routerCodecs({ av1: false }) });
  const streams: Stream[] = [];
  const producers: mediasoup.Producer[] = [];
  for (const [index, rate] of load.publishers.entries()) {
    const { kind, ...pace } = RATES[rate];
    const transport = await router.createPlainTransport({
      // The worker shares its core with whatever else the machine does; a burst must wait and not be lost.
      listenInfo: { protocol: 'udp', ip: '127.0.0.1', recvBufferSize: RECEIVE_BYTES },
      comedia: true,
    });
    const codec = codecOf(router, kind);
    const ssrc = 1000 + room * 100 + index;
    const { payloadType, clockRate } = codec;
    producers.push(
      await transport.produce({ kind, rtpParameters: { codecs: [codec], encodings: [{ ssrc }] } }),
    );
    streams.push({ port: transport.tuple.localPort, ssrc, payloadType, clockRate, ...pace });
  }
  for (let viewer = 0; viewer < load.viewers; viewer += 1) {
    await view(router, producers, FIRST_SINK + ((room * load.viewers + viewer) % SINKS));
  }
  return streams;
}

function codecOf(router: mediasoup.Router, kind: 'audio' | 'video'): mediasoup.RtpCodecParameters {
  const wanted = kind === 'audio' ? 'audio/opus' : 'video/VP8';
  const found = router.rtpCapabilities.codecs?.find(({ mimeType }) => mimeType === wanted);
  if (found?.preferredPayloadType === undefined) throw new Error(`the router has no ${wanted}`);
  const { mimeType, clockRate, channels, preferredPayloadType: payloadType } = found;
  return { mimeType, clockRate, payloadType, ...(channels === undefined ? {} : { channels }) };
}

async function view(
  router: mediasoup.Router,
  producers: readonly mediasoup.Producer[],
  port: number,
): Promise<void> {
  const transport = await router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    enableSrtp: true,
    srtpCryptoSuite: SUITE,
  });
  const srtpParameters = {
    cryptoSuite: SUITE,
    keyBase64: randomBytes(KEY_BYTES).toString('base64'),
  } as const;
  await transport.connect({ ip: '127.0.0.1', port, srtpParameters });
  for (const { id } of producers) {
    await transport.consume({ producerId: id, rtpCapabilities: router.rtpCapabilities });
  }
}
