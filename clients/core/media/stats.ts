/** Reads `getStats()` of one transport (W3C webrtc-stats) into rates per sender and receiver. Pure. */
import * as z from 'zod/mini';

const number = z.optional(z.number());
const string = z.optional(z.string());

/** The fields used, of all types at once; browsers leave out what they do not know. */
export const StatsEntry = z.object({
  id: z.string(),
  type: z.string(),
  timestamp: z.number(),
  mid: string,
  kind: string,
  codecId: string,
  mimeType: string,
  localId: string,
  trackIdentifier: string,
  selectedCandidatePairId: string,
  localCandidateId: string,
  candidateType: string,
  protocol: string,
  active: z.optional(z.boolean()),
  nominated: z.optional(z.boolean()),
  state: string,
  qualityLimitationReason: z.optional(z.enum(['none', 'cpu', 'bandwidth', 'other'])),
  bytesSent: number,
  bytesReceived: number,
  packetsReceived: number,
  packetsLost: number,
  frameWidth: number,
  frameHeight: number,
  framesPerSecond: number,
  framesDecoded: number,
  framesDropped: number,
  freezeCount: number,
  fractionLost: number,
  roundTripTime: number,
  currentRoundTripTime: number,
  availableOutgoingBitrate: number,
  jitterBufferDelay: number,
  jitterBufferEmittedCount: number,
  audioLevel: number,
});
export type StatsEntry = z.infer<typeof StatsEntry>;

export interface StreamReading {
  readonly bitrate: number;
  readonly lossFraction?: number | undefined;
  readonly rttMs?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fps?: number | undefined;
  readonly codec?: string | undefined;
  readonly jitterBufferMs?: number | undefined;
  readonly freezes?: number | undefined;
  readonly framesDecoded?: number | undefined;
  readonly framesDropped?: number | undefined;
  readonly limitation?: StatsEntry['qualityLimitationReason'];
  readonly audioLevel?: number | undefined;
}

export interface TransportReading {
  /** Packets received so far, of every kind: what silence is judged by. */
  readonly packetsReceived: number;
  readonly upBitrate: number;
  readonly downBitrate: number;
  readonly available?: number | undefined;
  readonly rttMs?: number | undefined;
  readonly path?: 'udp' | 'tcp' | 'relay' | undefined;
  /** By `mid` of the sender. */
  readonly senders: ReadonlyMap<string, StreamReading>;
  /** By track id of the receiver. */
  readonly receivers: ReadonlyMap<string, StreamReading>;
}

export function parseReport(report: { forEach(each: (value: unknown) => void): void }): StatsEntry[] {
  const entries: StatsEntry[] = [];
  report.forEach((value) => {
    const entry = StatsEntry.safeParse(value);
    if (entry.success) entries.push(entry.data);
  });
  return entries;
}

/** Keeps the last counters of one transport, since rates are differences. A new transport needs a new reader. */
export class StatsReader {
  #before = new Map<string, StatsEntry>();

  read(entries: readonly StatsEntry[]): TransportReading {
    const byId = new Map(entries.map((entry) => [entry.id, entry]));
    const transport = entries.find((entry) => entry.type === 'transport');
    const pair = selectedPair(entries, byId, transport);
    const local = pair?.localCandidateId ? byId.get(pair.localCandidateId) : undefined;
    const reading: TransportReading = {
      packetsReceived: transport?.packetsReceived ?? pair?.packetsReceived ?? 0,
      upBitrate: this.#rate(transport ?? pair, 'bytesSent'),
      downBitrate: this.#rate(transport ?? pair, 'bytesReceived'),
      available: pair?.availableOutgoingBitrate,
      rttMs: toMs(pair?.currentRoundTripTime),
      path: pathOf(local),
      senders: this.#senders(entries, byId),
      receivers: this.#receivers(entries, byId),
    };
    this.#before = byId;
    return reading;
  }

  #senders(
    entries: readonly StatsEntry[],
    byId: ReadonlyMap<string, StatsEntry>,
  ): Map<string, StreamReading> {
    const senders = new Map<string, StreamReading>();
    for (const out of entries) {
      if (out.type !== 'outbound-rtp' || out.mid === undefined) continue;
      const remote = this.#fresh(
        entries.find((entry) => entry.type === 'remote-inbound-rtp' && entry.localId === out.id),
      );
      const other = senders.get(out.mid);
      // Simulcast has one entry per encoding: rates add up, the picture is the largest that is sent.
      const larger = (out.frameHeight ?? 0) >= (other?.height ?? 0) && out.active !== false;
      senders.set(out.mid, {
        bitrate: (other?.bitrate ?? 0) + this.#rate(out, 'bytesSent'),
        lossFraction: maxOf(other?.lossFraction, remote?.fractionLost),
        rttMs: toMs(remote?.roundTripTime) ?? other?.rttMs,
        width: larger ? out.frameWidth : other?.width,
        height: larger ? out.frameHeight : other?.height,
        fps: larger ? out.framesPerSecond : other?.fps,
        codec: mimeOf(out, byId) ?? other?.codec,
        limitation: larger ? out.qualityLimitationReason : other?.limitation,
      });
    }
    return senders;
  }

  #receivers(
    entries: readonly StatsEntry[],
    byId: ReadonlyMap<string, StatsEntry>,
  ): Map<string, StreamReading> {
    const receivers = new Map<string, StreamReading>();
    for (const inbound of entries) {
      if (inbound.type !== 'inbound-rtp' || inbound.trackIdentifier === undefined) continue;
      const before = this.#before.get(inbound.id);
      receivers.set(inbound.trackIdentifier, {
        bitrate: this.#rate(inbound, 'bytesReceived'),
        lossFraction: lossBetween(before, inbound),
        width: inbound.frameWidth,
        height: inbound.frameHeight,
        fps: inbound.framesPerSecond,
        codec: mimeOf(inbound, byId),
        jitterBufferMs: jitterBuffer(before, inbound),
        freezes: inbound.freezeCount,
        framesDecoded: inbound.framesDecoded,
        framesDropped: inbound.framesDropped,
        audioLevel: inbound.audioLevel,
      });
    }
    return receivers;
  }

  /** A stream that is not sent gets no more reports; its last one says nothing about the link of now. */
  #fresh(remote: StatsEntry | undefined): StatsEntry | undefined {
    const before = remote ? this.#before.get(remote.id) : undefined;
    return before && remote && remote.timestamp <= before.timestamp ? undefined : remote;
  }

  #rate(entry: StatsEntry | undefined, field: 'bytesSent' | 'bytesReceived'): number {
    const before = entry ? this.#before.get(entry.id) : undefined;
    if (!entry || !before) return 0;
    const seconds = (entry.timestamp - before.timestamp) / 1000;
    const bytes = (entry[field] ?? 0) - (before[field] ?? 0);
    return seconds > 0 && bytes > 0 ? (bytes * 8) / seconds : 0;
  }
}

function selectedPair(
  entries: readonly StatsEntry[],
  byId: ReadonlyMap<string, StatsEntry>,
  transport: StatsEntry | undefined,
): StatsEntry | undefined {
  if (transport?.selectedCandidatePairId) return byId.get(transport.selectedCandidatePairId);
  return entries.find((e) => e.type === 'candidate-pair' && e.nominated === true && e.state === 'succeeded');
}

function pathOf(local: StatsEntry | undefined): 'udp' | 'tcp' | 'relay' | undefined {
  if (!local) return undefined;
  if (local.candidateType === 'relay') return 'relay';
  return local.protocol === 'tcp' ? 'tcp' : 'udp';
}

function lossBetween(before: StatsEntry | undefined, now: StatsEntry): number | undefined {
  if (!before || now.packetsReceived === undefined) return undefined;
  const received = now.packetsReceived - (before.packetsReceived ?? 0);
  const lost = Math.max(0, (now.packetsLost ?? 0) - (before.packetsLost ?? 0));
  return received + lost > 0 ? lost / (received + lost) : 0;
}

function jitterBuffer(before: StatsEntry | undefined, now: StatsEntry): number | undefined {
  const emitted = (now.jitterBufferEmittedCount ?? 0) - (before?.jitterBufferEmittedCount ?? 0);
  const delay = (now.jitterBufferDelay ?? 0) - (before?.jitterBufferDelay ?? 0);
  return emitted > 0 ? (delay / emitted) * 1000 : undefined;
}

function mimeOf(entry: StatsEntry, byId: ReadonlyMap<string, StatsEntry>): string | undefined {
  return entry.codecId ? byId.get(entry.codecId)?.mimeType : undefined;
}

function maxOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
