/** What real WebRTC viewers add to the sinks that stand for them, which have no ICE, no DTLS, no feedback and no bandwidth estimate. */

import { audioInput } from './input.ts';
import type { Load } from './loads.ts';
import { type MediasoupServer, startMediasoup } from './mediasoup-server.ts';
import { measurePoint } from './point.ts';
import { openRealClients, type RealReport } from './real-clients.ts';
import type { Point } from './types.ts';

const CLIENTS = 8;
const SECONDS = 8;
/** As measurePoint takes it when it is not told. */
const GENERATOR_CORE = 0;

export interface RealCost {
  /** Percent of a core that a real client costs above a sink of the same stream of 50 packets/s. */
  readonly extraPercent: number;
  /** Of the real clients beside all the sinks: packets they received and lost, and what encryption they agreed on. */
  readonly report: RealReport;
  /** The point beside them. */
  readonly point: Point;
  readonly clients: number;
}

/** Measures them alone, against as many sinks alone, and then beside so many sinks of a load. */
export async function measureRealClients(load: Load, sinks: number): Promise<RealCost> {
  const audio = await audioInput();
  const plain = await measure([{ input: audio, sinks: CLIENTS }], 0);
  const real = await measure([{ input: audio, sinks: 0 }], CLIENTS);
  const beside = await measure([...load(sinks), { input: audio, sinks: 0 }], CLIENTS);
  if (!beside.report) throw new Error('the real clients reported nothing');
  return {
    extraPercent: (real.point.serverProcesses - plain.point.serverProcesses) / CLIENTS,
    ...{ report: beside.report, point: beside.point, clients: CLIENTS },
  };
}

/** Real clients watch the last stream. */
async function measure(streams: ReturnType<Load>, clients: number) {
  let report: RealReport | undefined;
  const beside = async (server: MediasoupServer) => {
    const outlet = server.outlets().at(-1);
    const options = { count: clients, ip: server.listenIp, core: GENERATOR_CORE };
    const real = clients > 0 && outlet ? await openRealClients(outlet, options) : undefined;
    const close = async () => {
      report = await real?.report();
      await real?.close();
    };
    return { close };
  };
  const request = { start: startMediasoup, suite: 'AEAD_AES_128_GCM', seconds: SECONDS } as const;
  const point = await measurePoint({ ...request, streams, beside });
  return { point, report };
}
