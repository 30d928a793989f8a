/**
 * A worker of mediasoup as a server under test, started as a media node starts its workers. Plain RTP comes in; each viewer is a transport
 * of its own with SRTP, whose key it is told through the API, so that it pays for the encryption without a handshake.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createWorker, version, workerBin } from 'mediasoup';
import type * as mediasoup from 'mediasoup/types';
import { AppError } from '../../platform/errors.ts';
import { batchedWorker } from '../../platform/setup/batched-worker.ts';
import { SOCKET_BUFFER_BYTES } from '../../sfu/listen.ts';
import { WORKER_SETTINGS } from '../../sfu/workers.ts';
import type { ForwardingServer, Inlet, Input, ServerOptions, SinkAddress } from './types.ts';

const run = promisify(execFile);

export interface MediasoupOptions {
  /** Viewers are on a second worker, on the helpers' core, which the first one feeds through pipes. */
  readonly piped?: boolean;
  /** Hands packets to the kernel in batches, as a media node's workers do; true unless given. */
  readonly batched?: boolean;
  /** Keeps what was sent for retransmission, as viewers of video have it; true unless given. */
  readonly retransmission?: boolean;
}

export interface MediasoupServer extends ForwardingServer {
  readonly listenIp: string;
  /** Where published streams can be consumed, in the order they were published. */
  outlets(): readonly Outlet[];
}

export interface Outlet {
  readonly router: mediasoup.Router;
  readonly producerId: string;
}

/** With what a media node does by default. */
export function startMediasoup(options: ServerOptions): Promise<MediasoupServer> {
  return startMediasoupWith({}, options);
}

/** Throws when the worker does not start; nothing is left running then. */
export async function startMediasoupWith(
  { piped = false, retransmission = true, batched = true }: MediasoupOptions,
  { core, helperCore, listenIp }: ServerOptions,
): Promise<MediasoupServer> {
  const program = batched ? await batchedWorker(workerBin) : workerBin;
  const first = await pinnedWorker(core, program);
  const second = piped ? await pinnedWorker(helperCore, program) : undefined;
  const outlets = new Map<string, Outlet>();
  const outlet = (inletId: string) => {
    const found = outlets.get(inletId);
    if (!found) throw new AppError('no-such-inlet', `Nothing is published as ${inletId}.`);
    return found;
  };
  return {
    name: 'mediasoup',
    version,
    listenIp,
    pids: [first.pid, ...(second ? [second.pid] : [])],
    suites: ['AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80'],
    outlets: () => [...outlets.values()],
    publish: async (input) => {
      const { inlet, ...source } = await publish(first, input, listenIp);
      outlets.set(inlet.id, second ? await pipe(source, second, input, listenIp) : source);
      return inlet;
    },
    addSink: async (inletId, sink) => addSink(outlet(inletId), sink, { listenIp, retransmission }),
    close: async () => {
      await Promise.all([closeWorker(first), ...(second ? [closeWorker(second)] : [])]);
    },
  };
}

async function pinnedWorker(core: number, program: string): Promise<mediasoup.Worker> {
  const worker = await createWorker({ ...WORKER_SETTINGS, workerBin: program });
  await run('taskset', ['-acp', String(core), String(worker.pid)]);
  return worker;
}

async function closeWorker(worker: mediasoup.Worker): Promise<void> {
  if (worker.subprocessClosed) return;
  const gone = Promise.withResolvers<void>();
  worker.once('subprocessclose', () => gone.resolve());
  worker.close();
  await gone.promise;
}

/** One publisher is one room, with a router of its own. */
async function publish(
  worker: mediasoup.Worker,
  input: Input,
  ip: string,
): Promise<Outlet & { readonly inlet: Inlet }> {
  const router = await routerFor(worker, input);
  // The source's port is not known beforehand; nobody else sends into the namespace of a measurement.
  const transport = await router.createPlainTransport({ listenInfo: listenInfo(ip), comedia: true });
  const { kind, mimeType, clockRate, channels, payloadType, ssrc, fmtp } = input;
  const producer = await transport.produce({
    kind,
    rtpParameters: {
      codecs: [{ mimeType, payloadType, clockRate, ...(channels ? { channels } : {}), parameters: fmtp }],
      encodings: [{ ssrc }],
    },
  });
  const inlet = { id: producer.id, ip, port: transport.tuple.localPort };
  return { router, producerId: producer.id, inlet };
}

function routerFor(worker: mediasoup.Worker, input: Input): Promise<mediasoup.Router> {
  const { kind, mimeType, clockRate, channels, fmtp } = input;
  const codec = { kind, mimeType, clockRate, ...(channels ? { channels } : {}), parameters: fmtp };
  return worker.createRouter({ mediaCodecs: [codec] });
}

/** Both ends of a pipe as sfu/pipes.ts makes them for another node: encrypted, by address. */
async function pipe(
  { router, producerId }: Outlet,
  worker: mediasoup.Worker,
  input: Input,
  ip: string,
): Promise<Outlet> {
  const other = await routerFor(worker, input);
  const settings = { listenInfo: listenInfo(ip), enableSrtp: true, enableRtx: true, enableSctp: true };
  const [near, far] = await Promise.all([
    router.createPipeTransport(settings),
    other.createPipeTransport(settings),
  ]);
  await connectPipe(near, far);
  await connectPipe(far, near);
  const { kind, rtpParameters } = await near.consume({ producerId });
  const { id } = await far.produce({ id: producerId, kind, rtpParameters });
  return { router: other, producerId: id };
}

async function connectPipe(one: mediasoup.PipeTransport, other: mediasoup.PipeTransport): Promise<void> {
  const { tuple, srtpParameters } = other;
  if (!srtpParameters) throw new AppError('internal', 'A pipe was made without SRTP.');
  await one.connect({ ip: tuple.localAddress, port: tuple.localPort, srtpParameters });
}

async function addSink(
  { router, producerId }: Outlet,
  { ip, port, suite, key }: SinkAddress,
  { listenIp, retransmission }: { readonly listenIp: string; readonly retransmission: boolean },
): Promise<{ key: Uint8Array }> {
  const transport = await router.createPlainTransport({
    listenInfo: listenInfo(listenIp),
    enableSrtp: true,
    srtpCryptoSuite: suite,
  });
  // What is given here is the viewer's own key, for what it would send; the worker encrypts with one that it made.
  const theirs = { cryptoSuite: suite, keyBase64: Buffer.from(key).toString('base64') };
  await transport.connect({ ip, port, srtpParameters: theirs });
  const rtpCapabilities = withoutEstimate(router.rtpCapabilities);
  await transport.consume({ producerId, rtpCapabilities, enableRtx: retransmission });
  if (!transport.srtpParameters) throw new AppError('internal', 'A viewer was made without SRTP.');
  return { key: Buffer.from(transport.srtpParameters.keyBase64, 'base64') };
}

/**
 * A sink never reports what it received, so that an estimate of its bandwidth would only send probes into the dark: 16 packets a second that
 * nobody published. What the estimate costs is measured with real clients.
 */
function withoutEstimate({ codecs = [] }: mediasoup.RtpCapabilities): mediasoup.RtpCapabilities {
  return {
    codecs: codecs.map(({ rtcpFeedback = [], ...codec }) => ({
      ...codec,
      rtcpFeedback: rtcpFeedback.filter(({ type }) => type !== 'transport-cc' && type !== 'goog-remb'),
    })),
    headerExtensions: [],
  };
}

function listenInfo(ip: string): mediasoup.TransportListenInfo {
  return { protocol: 'udp', ip, sendBufferSize: SOCKET_BUFFER_BYTES, recvBufferSize: SOCKET_BUFFER_BYTES };
}
