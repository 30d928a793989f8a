/** All metrics of signaling, on the registry that `/metrics` prints. Times in seconds, as Prometheus asks for. */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from '../platform/metrics.ts';

const SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2.5, 5, 10, 30, 60];

export interface SignalingMetrics {
  readonly rooms: Gauge;
  /** Peers with a socket here, by role; `role` itself names the process on every metric. */
  readonly peers: Gauge<'peer_role'>;
  readonly sockets: Gauge;
  /** Outcome is `ok` or the error's code. */
  readonly requests: Counter<'method' | 'outcome'>;
  readonly errors: Counter<'code'>;
  readonly requestSeconds: Histogram<'method'>;
  /** The server's part of a join: from the request to its answer. What clients measure is the media side's. */
  readonly joinSeconds: Histogram;
  /** How long a peer was away before it came back. */
  readonly reconnectSeconds: Histogram;
  /** Connections closed by the server for cause: `slow` consumers or a `flood`. */
  readonly cuts: Counter<'reason'>;
  /** Volatile notifications dropped because the socket was slow. */
  readonly dropped: Counter;
}

export interface SignalingFigures {
  rooms(): number;
  sockets(): number;
  peersByRole(): ReadonlyMap<string, number>;
}

/** Declares the metrics; gauges ask `figures` when they are read. */
export function createSignalingMetrics(registry: Registry, figures: SignalingFigures): SignalingMetrics {
  const registers = [registry];
  const histogram = (name: string, help: string) =>
    new Histogram({ name: `goldenhour_${name}`, help, buckets: SECONDS, registers });
  return {
    rooms: new Gauge({
      name: 'goldenhour_rooms',
      help: 'Open rooms owned here.',
      registers,
      collect() {
        this.set(figures.rooms());
      },
    }),
    peers: new Gauge({
      name: 'goldenhour_peers',
      help: 'Peers connected here, by role.',
      labelNames: ['peer_role'],
      registers,
      collect() {
        this.reset();
        for (const [role, count] of figures.peersByRole()) this.set({ peer_role: role }, count);
      },
    }),
    sockets: new Gauge({
      name: 'goldenhour_sockets',
      help: 'Live connections.',
      registers,
      collect() {
        this.set(figures.sockets());
      },
    }),
    requests: new Counter({
      name: 'goldenhour_requests_total',
      help: 'Requests on live connections by method and outcome.',
      labelNames: ['method', 'outcome'],
      registers,
    }),
    errors: new Counter({
      name: 'goldenhour_errors_total',
      help: 'Errors answered on live connections by code.',
      labelNames: ['code'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'goldenhour_request_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method'],
      buckets: SECONDS,
      registers,
    }),
    joinSeconds: histogram('join_seconds', 'Time from a join request to its answer.'),
    reconnectSeconds: histogram('reconnect_seconds', 'Time a peer was away before it came back.'),
    cuts: new Counter({
      name: 'goldenhour_socket_cuts_total',
      help: 'Connections closed by the server for cause.',
      labelNames: ['reason'],
      registers,
    }),
    dropped: new Counter({
      name: 'goldenhour_dropped_notifications_total',
      help: 'Volatile notifications dropped on slow connections.',
      registers,
    }),
  };
}

/** Links to phones and the messages that carry them, as the facts of rooms owned here say. */
export interface LinkMetrics {
  readonly created: Counter<'use'>;
  readonly sent: Counter<'way'>;
  /** Each browser that opened a link counts. */
  readonly openings: Counter;
  readonly live: Counter;
  readonly ended: Counter<'reason'>;
  /** `failure` is `none` while nothing failed. */
  readonly sms: Counter<'state' | 'failure'>;
}

export function createLinkMetrics(registry: Registry): LinkMetrics {
  const counter = <T extends string = never>(name: string, help: string, labelNames: readonly T[] = []) =>
    new Counter({ name: `goldenhour_${name}_total`, help, labelNames, registers: [registry] });
  return {
    created: counter('links_created', 'Links to phones that were made, by what they are for.', ['use']),
    sent: counter('links_sent', 'Links given away, by the way they went.', ['way']),
    openings: counter('link_openings', 'Browsers that opened a link.'),
    live: counter('links_live', 'Phones that went live by a link.'),
    ended: counter('links_ended', 'Links that ended, by reason.', ['reason']),
    sms: counter('sms_reports', 'States of text messages as reported, with the reason of a failure.', [
      'state',
      'failure',
    ]),
  };
}
