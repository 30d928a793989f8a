/** Once a second: reads both transports, gives each source its sample and each uplink ladder its share of the link. */
import type { types } from 'mediasoup-client';
import type { Clock } from '../clock.ts';
import type { SourceSample } from '../types-media.ts';
import { History } from './history.ts';
import type { LocalSourceImpl } from './local-source.ts';
import type { RemoteSourceImpl } from './remote-source.ts';
import { parseReport, StatsReader, type StreamReading, type TransportReading } from './stats.ts';
import type { Direction } from './transports.ts';

/** Kept for voices before pictures share the rest. */
const AUDIO_RESERVE = 60_000;

export class Sampler {
  readonly history = new History();
  readonly #clock: Clock;
  readonly #readers = new Map<Direction, { transport: types.Transport; reader: StatsReader }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Packets received so far on a transport; asked while beats are late. */
  async packetsReceived(transport: types.Transport): Promise<number> {
    const entries = parseReport(await transport.getStats());
    return new StatsReader().read(entries).packetsReceived;
  }

  async sample(
    transports: { send: types.Transport | undefined; recv: types.Transport | undefined },
    locals: readonly LocalSourceImpl[],
    remotes: readonly RemoteSourceImpl[],
  ): Promise<void> {
    const [send, recv] = await Promise.all([
      this.#read('send', transports.send),
      this.#read('recv', transports.recv),
    ]);
    const at = this.#clock.now();
    if (send) this.#sampleLocals(send, locals, at);
    if (recv) this.#sampleRemotes(recv, remotes, at);
    this.#sampleLink(send, recv, at);
    this.history.prune(at);
  }

  async #read(
    direction: Direction,
    transport: types.Transport | undefined,
  ): Promise<TransportReading | undefined> {
    if (!transport || transport.closed) {
      this.#readers.delete(direction);
      return undefined;
    }
    const known = this.#readers.get(direction);
    const reader = known?.transport === transport ? known.reader : new StatsReader();
    this.#readers.set(direction, { transport, reader });
    return reader.read(parseReport(await transport.getStats()));
  }

  #sampleLocals(reading: TransportReading, locals: readonly LocalSourceImpl[], at: number): void {
    const shares = shareLink(reading.available, locals);
    const audioLoss = lossOfAudio(reading, locals);
    for (const source of locals) {
      const stream = source.mid === undefined ? undefined : reading.senders.get(source.mid);
      if (!stream) continue;
      const sample = sampleOf(stream, source, 'up', at, source.layer);
      this.history.addSource(sample);
      source.handleStats(sample, {
        available: shares.get(source.producerId),
        sent: stream.bitrate,
        limitation: stream.limitation,
        // While no video is sent, the voice beside it tells how the link fares.
        lossFraction: stream.lossFraction ?? audioLoss,
        rttMs: stream.rttMs ?? reading.rttMs,
        fps: stream.fps,
      });
    }
  }

  #sampleRemotes(reading: TransportReading, remotes: readonly RemoteSourceImpl[], at: number): void {
    for (const source of remotes) {
      const trackId = source.track?.id;
      const stream = trackId === undefined ? undefined : reading.receivers.get(trackId);
      if (!stream) continue;
      const sample = sampleOf(stream, source, 'down', at, source.layer);
      this.history.addSource(sample);
      source.handleStats(sample, stream.framesDecoded ?? 0);
    }
  }

  #sampleLink(send: TransportReading | undefined, recv: TransportReading | undefined, at: number): void {
    if (!send && !recv) return;
    const loss = (streams: ReadonlyMap<string, StreamReading> | undefined) =>
      streams ? Math.max(0, ...[...streams.values()].map((s) => s.lossFraction ?? 0)) : undefined;
    const upLoss = loss(send?.senders);
    const downLoss = loss(recv?.receivers);
    const rttMs = send?.rttMs ?? recv?.rttMs;
    const path = recv?.path ?? send?.path;
    this.history.addLink({
      at,
      upBitrate: send?.upBitrate ?? 0,
      downBitrate: recv?.downBitrate ?? 0,
      ...(send?.available === undefined ? {} : { availableUp: send.available }),
      ...(rttMs === undefined ? {} : { rttMs }),
      ...(upLoss === undefined ? {} : { upLoss }),
      ...(downLoss === undefined ? {} : { downLoss }),
      ...(path === undefined ? {} : { path }),
    });
  }
}

/**
 * Divides the uplink among the pictures that are wanted, by what each may use at most. Pure; in bit/s by producer id,
 * empty while the estimate is unknown.
 */
export function shareLink(
  available: number | undefined,
  sources: readonly Pick<LocalSourceImpl, 'producerId' | 'kind' | 'weight' | 'paused' | 'demand'>[],
): Map<string, number> {
  const shares = new Map<string, number>();
  if (available === undefined) return shares;
  const sharing = sources.filter((s) => s.kind === 'video' && !s.paused && s.demand?.rung !== null);
  const total = sharing.reduce((sum, source) => sum + source.weight, 0);
  const rest = Math.max(0, available - AUDIO_RESERVE);
  for (const source of sharing) shares.set(source.producerId, (rest * source.weight) / total);
  return shares;
}

function lossOfAudio(reading: TransportReading, locals: readonly LocalSourceImpl[]): number | undefined {
  for (const { kind, mid } of locals) {
    const loss = kind === 'audio' && mid !== undefined ? reading.senders.get(mid)?.lossFraction : undefined;
    if (loss !== undefined) return loss;
  }
  return undefined;
}

function sampleOf(
  stream: StreamReading,
  source: { producerId: string; kind: 'audio' | 'video' },
  direction: 'up' | 'down',
  at: number,
  layer: number | undefined,
): SourceSample {
  const { framesDecoded: _, ...reading } = stream;
  const known = Object.fromEntries(Object.entries(reading).filter(([, value]) => value !== undefined));
  return {
    ...known,
    at,
    producerId: source.producerId,
    kind: source.kind,
    direction,
    bitrate: stream.bitrate,
    ...(layer === undefined ? {} : { layer }),
  };
}
