/** One measured point: so many viewers of so many publishers through a server under test, for so long. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { busyBetween, readCores } from '../measuring/cores.ts';
import { voidReason } from '../measuring/void.ts';
import { costOfProcess } from '../recorder/process-cost.ts';
import type { Span } from './schedule.ts';
import { type Sink, SinkField } from './sinks.ts';
import { type Sent, Source } from './source.ts';
import type { ForwardingServer, Inlet, Input, Point, ServerOptions, SrtpSuite } from './types.ts';
import type { SinkCipher, Verdict } from './verifier.ts';

const run = promisify(execFile);

export interface PointRequest<Server extends ForwardingServer> {
  start(options: ServerOptions): Promise<Server>;
  /** Publishers, each with the number of its viewers. */
  readonly streams: readonly { readonly input: Input; readonly sinks: number }[];
  readonly suite: SrtpSuite;
  /** Length of the measured window; whole rounds of the inputs (2 s of video) have their keyframes in proportion. */
  readonly seconds: number;
  /** One sink in so many is verified; 50 unless given. */
  readonly sampleEvery?: number;
  /** Core of the server, 1 unless given, and of everything else, 0 unless given. */
  readonly serverCore?: number;
  readonly generatorCore?: number;
  /** Called when all sinks are there and before packets flow, for what shall run beside them; closed after the point. */
  beside?(server: Server): Promise<{ close(): Promise<void> }>;
}

/** Streams have flowed for so long when the window begins. */
const WARM_UP_MS = 1000;
/** A round's first moments, sent ahead: viewers of video get nothing before its keyframe. */
const FIRST_MS = 150;

/**
 * Measures one point, with a server that is started for it and closed after it. Every packet of the window is accounted for: the window
 * begins and ends in silence. Must run in a network namespace of its own, with the right to make others (`GOLDENHOUR_NETNS=1`).
 * A point that says nothing of the server has `invalid` set; an error means that something could not be started.
 */
export async function measurePoint<Server extends ForwardingServer>(
  request: PointRequest<Server>,
): Promise<Point> {
  const { generatorCore = 0, serverCore = 1 } = request;
  const closers: (() => Promise<void>)[] = [await moveSelf(generatorCore)];
  try {
    const field = await SinkField.open({ core: generatorCore });
    closers.unshift(() => field.close());
    const server = await request.start({
      ...{ core: serverCore, helperCore: generatorCore, listenIp: field.serverIp },
    });
    closers.unshift(() => server.close());
    const viewers = await connect(request, server, field);
    const beside = await request.beside?.(server);
    if (beside) closers.unshift(() => beside.close());
    const source = await Source.start({ core: generatorCore }, sourceStreams(viewers, server));
    closers.unshift(() => source.close());
    return await measure({ request, server, field, source, viewers, cores: { serverCore, generatorCore } });
  } finally {
    for (const close of closers) await close();
  }
}

/** Puts this process onto a core, with what it starts; the answer puts it back. */
async function moveSelf(core: number): Promise<() => Promise<void>> {
  const [, before] = /^Cpus_allowed_list:\s*(\S+)$/m.exec(await readFile('/proc/self/status', 'utf8')) ?? [];
  const move = async (cores: string) => {
    await run('taskset', ['-acp', cores, String(process.pid)]);
  };
  await move(String(core));
  return () => move(before ?? String(core));
}

interface Viewers {
  readonly input: Input;
  readonly inlet: Inlet;
  readonly sinks: Sink[];
}

/** Sinks are dealt out in turn, so that the sampled ones are spread over the publishers. */
async function connect<Server extends ForwardingServer>(
  { streams, suite, sampleEvery }: PointRequest<Server>,
  server: ForwardingServer,
  field: SinkField,
): Promise<Viewers[]> {
  const viewers: Viewers[] = [];
  for (const { input } of streams) viewers.push({ input, inlet: await server.publish(input), sinks: [] });
  const total = streams.reduce((sum, { sinks }) => sum + sinks, 0);
  const all = field.add(total, suite, sampleEvery);
  await field.listen();
  const ciphers: SinkCipher[] = [];
  for (const sink of all) {
    const place = nextPlace(viewers, streams);
    place.sinks.push(sink);
    const { key } = await server.addSink(place.inlet.id, sink);
    if (sink.sampled) ciphers.push(server.name === 'none' ? 'none' : { suite, key });
  }
  await field.know(ciphers);
  return viewers;
}

/** The publisher that has the smallest share of its viewers. */
function nextPlace(viewers: readonly Viewers[], streams: readonly { readonly sinks: number }[]): Viewers {
  const shares = viewers.map(({ sinks }, n) => sinks.length / (streams[n]?.sinks || Number.NaN));
  const least = Math.min(...shares.filter((share) => !Number.isNaN(share)));
  const place = viewers[shares.indexOf(least)];
  if (!place) throw new Error('there are no publishers');
  return place;
}

function sourceStreams(viewers: readonly Viewers[], { name }: ForwardingServer) {
  return viewers.map(({ input, inlet, sinks }) => ({
    input: { ...input, ssrc: inlet.ssrc ?? input.ssrc },
    targets: name === 'none' ? sinks.filter(({ sampled }) => sampled) : [inlet],
  }));
}

interface Rig {
  readonly request: Pick<PointRequest<ForwardingServer>, 'suite' | 'seconds'>;
  readonly server: ForwardingServer;
  readonly field: SinkField;
  readonly source: Source;
  readonly viewers: readonly Viewers[];
  readonly cores: { readonly serverCore: number; readonly generatorCore: number };
}

async function measure(rig: Rig): Promise<Point> {
  const { field, source, server, viewers, cores, request } = rig;
  const roundMs = Math.max(...viewers.map(({ input }) => input.roundMs));
  const fromMs = roundMs + WARM_UP_MS;
  await sendThrough(rig, { fromMs: 0, toMs: FIRST_MS, phased: false });
  await sendThrough(rig, { fromMs: roundMs, toMs: fromMs, phased: true });
  await field.judge([]);
  const [before, drops] = [await field.arrived(), await field.drops()];
  const [times, spent, begin] = [await readCores(), await spentBy(server), performance.now()];
  const sent = await source.send({ fromMs, toMs: fromMs + request.seconds * 1000, phased: true });
  const [busy, took] = [busyBetween(times, await readCores()), performance.now() - begin];
  const serverProcesses = (100 * ((await spentBy(server)) - spent)) / took;
  const arrived = await field.quiet(before, expectedOf(rig, sent));
  const kernelDrops = (await field.drops()) - drops;
  const verdicts = await field.judge(rangesOf(viewers, sent));
  return pointOf(rig, { sent, arrived, verdicts, kernelDrops, serverProcesses }, [
    busy[cores.serverCore] ?? 0,
    busy[cores.generatorCore] ?? 0,
  ]);
}

async function sendThrough(rig: Rig, span: Span): Promise<void> {
  const before = await rig.field.arrived();
  await rig.field.quiet(before, expectedOf(rig, await rig.source.send(span)));
}

/** How many packets all sinks should have had together. */
function expectedOf({ server, viewers }: Rig, { streams }: Sent): number {
  const reached = (sink: Sink) => server.name !== 'none' || sink.sampled;
  return sum(viewers.map(({ sinks }, n) => sinks.filter(reached).length * (streams[n]?.count ?? 0)));
}

async function spentBy({ pids }: ForwardingServer): Promise<number> {
  return sum((await Promise.all(pids.map(costOfProcess))).map(({ cpuMs }) => cpuMs));
}

/** What each sampled sink should have had, in the order of their ports, which is the order they were dealt out in. */
function rangesOf(viewers: readonly Viewers[], { streams }: Sent) {
  return viewers
    .flatMap(({ sinks }, n) =>
      sinks.flatMap(({ sampled, port }) =>
        sampled ? [{ port, range: streams[n] ?? { first: 0, count: 0 } }] : [],
      ),
    )
    .sort((a, b) => a.port - b.port)
    .map(({ range }) => range);
}

interface Found {
  readonly sent: Sent;
  readonly arrived: number;
  readonly verdicts: readonly Verdict[];
  readonly kernelDrops: number;
  readonly serverProcesses: number;
}

function pointOf(
  rig: Rig,
  { sent, arrived, verdicts, kernelDrops, serverProcesses }: Found,
  [serverCore, generatorCore]: readonly [number, number],
): Point {
  const { request, server, viewers } = rig;
  const expectedPackets = expectedOf(rig, sent);
  const delays = Float64Array.from(verdicts.flatMap(({ delays }) => [...delays])).sort();
  const reason = voidReason({ generatorCore, lateMs: sent.late.p99, kernelDrops });
  const repeated = sum(verdicts.map((verdict) => verdict.repeated));
  const invalid = reason ?? (repeated > 0 ? `${repeated} packets came twice` : undefined);
  return {
    ...{
      server: server.name,
      version: server.version,
      suite: request.suite,
      input: viewers[0]?.input.name ?? 'audio',
    },
    ...{ sinks: sum(viewers.map(({ sinks }) => sinks.length)), seconds: request.seconds },
    packetsPerSecond: Math.round(arrived / request.seconds),
    ...{ expectedPackets, lostPackets: expectedPackets - arrived },
    verified: sum(verdicts.map(({ verified }) => verified)),
    refused: sum(verdicts.map(({ refused }) => refused)),
    disordered: sum(verdicts.map(({ disordered }) => disordered)),
    delay: { p50: share(delays, 0.5), p99: share(delays, 0.99), p999: share(delays, 0.999) },
    ...{ late: sent.late, serverCore, generatorCore, serverProcesses },
    ...(invalid === undefined ? {} : { invalid }),
  };
}

/** Of sorted values; infinite when there are none, since nothing that came is no short delay. */
function share(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.POSITIVE_INFINITY;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
