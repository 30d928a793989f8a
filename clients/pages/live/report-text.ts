/** The copyable report of the connection panel: figures and ids, no name, no label, no text of any person. Pure. */
import type { Connection, LinkSample, RemoteSource, SourceSample } from '../../core/types.ts';

export interface ReportFacts {
  readonly at: number;
  readonly version: string;
  readonly roomId: string;
  readonly peerId: string;
  readonly userAgent: string;
  readonly connection: Connection;
  readonly reconnects: number;
  readonly joinMs: number | undefined;
  readonly firstFrameMs: number | undefined;
  readonly link: readonly LinkSample[];
  readonly sources: readonly {
    readonly producerId: string;
    readonly rung: string | undefined;
    readonly reason: string | undefined;
    readonly freshness: RemoteSource['freshness'] | 'sent';
    readonly sample: SourceSample | undefined;
  }[];
}

const kbit = (value: number | undefined) =>
  value === undefined ? '–' : `${Math.round(value / 1000)} kbit/s`;
const ms = (value: number | undefined) => (value === undefined ? '–' : `${Math.round(value)} ms`);
const share = (value: number | undefined) => (value === undefined ? '–' : `${(value * 100).toFixed(1)} %`);

function sourceLine(source: ReportFacts['sources'][number]): string {
  const { sample } = source;
  const size =
    sample?.width === undefined ? '–' : `${sample.width}x${sample.height ?? '–'}@${sample.fps ?? '–'}`;
  const rest = [
    sample?.codec ?? '–',
    size,
    `layer ${sample?.layer ?? '–'}`,
    kbit(sample?.bitrate),
    `loss ${share(sample?.lossFraction)}`,
    `rung ${source.rung ?? '–'} (${source.reason ?? '–'})`,
    source.freshness,
  ];
  return `  ${source.producerId} ${sample?.direction ?? ''} ${rest.join(', ')}`;
}

/** English and in fixed form whatever the language of the page: it is read by whoever looks for the fault. */
export function reportText(facts: ReportFacts): string {
  const { connection, link } = facts;
  const recent = link
    .slice(-120)
    .map(
      (sample) =>
        `  ${new Date(sample.at).toISOString()} up ${kbit(sample.upBitrate)} of ${kbit(sample.availableUp)}, down ${kbit(sample.downBitrate)}, rtt ${ms(sample.rttMs)}, loss ${share(sample.upLoss)}/${share(sample.downLoss)}, ${sample.path ?? '–'}`,
    );
  return [
    `GoldenHour ${facts.version} connection report, ${new Date(facts.at).toISOString()}`,
    `room ${facts.roomId}, peer ${facts.peerId}`,
    `browser ${facts.userAgent}`,
    `status ${connection.status} (${connection.reason}) since ${new Date(connection.since).toISOString()}, media ${connection.media}`,
    `join ${ms(facts.joinMs)}, first frame ${ms(facts.firstFrameMs)}, reconnects ${facts.reconnects}`,
    'sources:',
    ...facts.sources.map(sourceLine),
    'link, one line a second:',
    ...recent,
    '',
  ].join('\n');
}
