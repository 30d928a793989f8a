/**
 * A call of several sources through a real media node: publishers on a far node, a viewer that counts what reaches it, and the tap to a
 * recorder's process. What happens to the recorder must not be seen by the viewer.
 */
import type * as mediasoup from 'mediasoup/types';
import type { RecorderProcess } from '../../bin/service/recorder-process.ts';
import { createFarNode, type FarNode } from '../../sfu/testing/far-node.ts';
import { type OwnedNode, pipeToFar, startOwnedNode } from '../../sfu/testing/owner.ts';
import { hostMs, type LiveSource, type Outlet, OWNER } from './live-source.ts';

const room = { roomId: 'r1', epoch: 1 };
const tapId = 'tap1';
const PUMP_MS = 5;
const CLOCK_MS = 1_000;

/** One source of the call; several encodings for simulcast, best last. */
export interface CallSource {
  readonly id: string;
  readonly encodings: readonly LiveSource[];
}

export class RecordedCall {
  readonly zeroMs = hostMs();
  /** Host times at which packets of a source reached the viewer. */
  readonly seenAt = new Map<string, number[]>();
  readonly #node: OwnedNode;
  readonly #far: FarNode;
  readonly #recorder: RecorderProcess;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #backs = new Map<string, mediasoup.Producer>();

  private constructor(node: OwnedNode, far: FarNode, recorder: RecorderProcess) {
    this.#node = node;
    this.#far = far;
    this.#recorder = recorder;
  }

  static async open(recorder: RecorderProcess, sources: readonly CallSource[]): Promise<RecordedCall> {
    const [node, far] = await Promise.all([startOwnedNode({ workers: 1 }), createFarNode()]);
    const call = new RecordedCall(node, far, recorder);
    await call.#connect(sources);
    return call;
  }

  /** Packets that were lost on the way to the viewer, of all sources; most were sent again. */
  async repaired(): Promise<number> {
    let lost = 0;
    for (const producer of this.#backs.values())
      for (const each of await producer.getStats()) lost += each.packetsLost;
    return lost;
  }

  /** Ends sources and the recording; the recorder then packages, checks and seals. */
  async finish(): Promise<void> {
    this.#stop();
    await this.#recorder.client.request('room.finish', {
      ...room,
      endedAt: hostMs() - this.zeroMs,
      reason: 'closed',
    });
  }

  async close(): Promise<void> {
    this.#stop();
    await this.#node.close();
    await this.#far.close();
  }

  #stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }

  async #connect(sources: readonly CallSource[]): Promise<void> {
    const { client } = this.#node;
    const [worker] = this.#node.node.workers;
    if (!worker) throw new Error('the node has no worker');
    const { workerId } = worker;
    await client.request('router.create', { ...room, workerId });
    const into = await pipeToFar(client, room, { workerId, transportId: 'in' }, this.#far);
    const out = await pipeToFar(client, room, { workerId, transportId: 'out' }, this.#far);
    await this.#openTap(workerId);
    for (const source of sources) {
      await this.#publish(source, into);
      await this.#view(source, out);
      await this.#record(source, workerId);
    }
  }

  async #publish({ id, encodings }: CallSource, into: mediasoup.PipeTransport): Promise<void> {
    const [first] = encodings;
    if (!first) throw new Error('a source has an encoding');
    const { kind } = first.track;
    const direct = await this.#far.router.createDirectTransport();
    const all = encodings.flatMap(({ track }) => track.rtpParameters.encodings ?? []);
    const codecs = first.track.rtpParameters.codecs.map((codec) => ({
      ...codec,
      parameters: {},
      rtcpFeedback: FEEDBACK[kind],
    }));
    const producer = await direct.produce({
      kind,
      rtpParameters: { mid: id, codecs, encodings: all.map(({ ssrc }) => ({ ssrc: ssrc ?? 0 })) },
    });
    const outlet = outletOf(producer, direct);
    const pump = () => {
      for (const encoding of encodings) encoding.pump(hostMs(), outlet);
    };
    this.#timers.push(setInterval(pump, PUMP_MS));
    const { rtpParameters } = await into.consume({ producerId: producer.id });
    const made = { ...room, kind, paused: false, transportId: 'in', producerId: id, rtpParameters };
    await this.#node.client.request('producer.create', made);
  }

  async #view({ id }: CallSource, out: mediasoup.PipeTransport): Promise<void> {
    const request = { ...room, transportId: 'out', consumerId: `${id}-view`, producerId: id, paused: false };
    const { kind, rtpParameters } = await this.#node.client.request('consumer.create', request);
    const producer = await out.produce({
      id: `${id}-back`,
      kind,
      rtpParameters: { ...rtpParameters, mid: `${id}-back` },
    });
    this.#backs.set(id, producer);
    const direct = await this.#far.router.createDirectTransport();
    const { rtpCapabilities } = this.#far.router;
    const consumer = await direct.consume({ producerId: producer.id, rtpCapabilities });
    const seen: number[] = [];
    consumer.on('rtp', () => seen.push(hostMs()));
    this.seenAt.set(id, seen);
  }

  async #openTap(workerId: string): Promise<void> {
    const { client } = this.#recorder;
    const opening = { incidentId: 'i1', drill: false, createdUtc: 1, by: 'system', reason: 'on' };
    await client.request('room.open', { ...room, ...opening });
    const clock = () => client.request('room.clock', { ...room, offsetMs: -this.zeroMs, errorMs: 0.1 });
    await clock();
    this.#timers.push(setInterval(() => void clock().catch(() => undefined), CLOCK_MS));
    const { ip, port } = await client.request('tap.open', { ...room, tapId });
    const made = await this.#node.client.request('tap.create', { ...room, workerId, tapId });
    await this.#node.client.request('tap.connect', { ...room, tapId, ip, port });
    await client.request('tap.connect', { ...room, tapId, ...made });
  }

  async #record({ id, encodings }: CallSource, workerId: string): Promise<void> {
    const { client } = this.#node;
    const consumerId = `${id}-tap`;
    const { kind, rtpParameters } = await client.request('tap.consume', {
      ...{ ...room, tapId, consumerId, producerId: id, originalId: id, originalWorkerId: workerId },
    });
    const role = encodings[0]?.track.role ?? 'patient';
    const track = { trackId: id, kind, role, owner: OWNER, rtpParameters };
    await this.#recorder.client.request('track.start', { ...room, tapId, track });
    await client.request('consumer.setPaused', { ...room, consumerId, paused: false });
  }
}

const FEEDBACK = { video: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }], audio: [] };

function outletOf(producer: mediasoup.Producer, direct: mediasoup.DirectTransport): Outlet {
  const requests: number[] = [];
  direct.on('rtcp', (packet) => {
    if ((packet.readUInt8(0) & 0x1f) === 1 && packet.readUInt8(1) === 206)
      requests.push(packet.readUInt32BE(8));
  });
  return {
    requests,
    send: async (packet) => producer.send(Buffer.from(packet)),
    // Tracks of this call are placed by arrival: reports would have to come from a real publisher's RTCP.
    sendFeed: async () => undefined,
  };
}
