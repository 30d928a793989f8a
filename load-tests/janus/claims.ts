/**
 * What makers of other servers publish about their own capacity. Nothing here was measured by this project, and the loads differ from
 * ours in sizes of packets, in what is encrypted and in what else ran: it says what they claim, and what that is for one core.
 */
import type { Claim } from '../measuring/series.ts';

/** The row of the targets that a claim is likest to. */
type Row = 'S1' | 'S2';

/** Bit rate of the stream that S2 counts viewers of, in Mbit/s. */
const STREAM_MBIT = 20;

interface Published {
  readonly rows: readonly Row[];
  readonly who: string;
  readonly figure: string;
  readonly source: string;
  readonly machine: string;
  readonly date: string;
  /** What it was under load, as far as they say. */
  readonly packetsPerSecond?: number;
  readonly mbitPerSecond?: number;
  /** Cores that were busy: cores of the machine times their share. */
  readonly busyCores?: number;
}

const LIVEKIT = {
  who: 'LiveKit',
  source: 'https://docs.livekit.io/home/self-hosting/benchmark.md',
  machine: 'Google Cloud c2-standard-16, 16 vCPU',
  date: 'not said',
} as const;
const CHARTS = 'https://github.com/versatica/mediasoup/blob/v3/doc/Charts.md';

/** Looked up and read at these addresses. */
export const PUBLISHED: readonly Published[] = [
  {
    ...{ ...LIVEKIT, rows: ['S1'], busyCores: 16 * 0.85, packetsPerSecond: 762_749 },
    figure: '150 publishers and 150 subscribers of 720p: 762,749 packets/s and 93 MB/s out at 85 % CPU',
  },
  {
    ...{ ...LIVEKIT, rows: ['S1', 'S2'], busyCores: 16 * 0.92 },
    ...{ packetsPerSecond: 560_962, mbitPerSecond: 531 * 8 },
    figure: '1 publisher and 3,000 subscribers of 720p: 560,962 packets/s and 531 MB/s out at 92 % CPU',
  },
  {
    ...{ ...LIVEKIT, rows: ['S1'], busyCores: 16 * 0.8, packetsPerSecond: 959_156 },
    figure: '10 speakers and 3,000 listeners: 959,156 packets/s and 23 MB/s out at 80 % CPU',
  },
  {
    ...{ who: 'mediasoup', rows: ['S1', 'S2'], source: CHARTS, machine: 'not said', date: '2018-11' },
    ...{ busyCores: 1, packetsPerSecond: 120_000, mbitPerSecond: 920 },
    figure:
      'version 2, one worker, one publisher: about 120,000 packets/s, and at most about 920 Mbit/s out (read off charts by CoSMo)',
  },
  {
    ...{ who: 'mediasoup', rows: ['S1', 'S2'], machine: '"depending on the host CPU"', date: 'not said' },
    figure: 'typically over 500 consumers in total for one worker; packets and bit rates are not said',
    source: 'https://mediasoup.org/documentation/v3/scalability',
  },
  {
    ...{ who: 'Jitsi Videobridge', rows: ['S2'], busyCores: 4 * 0.2, mbitPerSecond: 550, date: 'not said' },
    figure: 'over 1,000 streams and 550 Mbit/s, in and out together, at about 20 % CPU',
    source: 'https://jitsi.org/jitsi-videobridge-performance-evaluation/',
    machine: 'Intel Xeon E5-1620 v2, 4 cores, with web server and XMPP server',
  },
];

/** A sentence for what has no claim, so that its absence is no oversight. */
export const NOT_PUBLISHED =
  'No figure by the makers of Janus for packets or viewers per core could be read, and none by anybody for the delay that a server adds or for the time to join.';

/** The claims beside one row of the targets, each with what it comes to for one busy core where that can be reckoned. */
export function claimsFor(row: Row): Claim[] {
  return PUBLISHED.filter(({ rows }) => rows.includes(row)).map((published) => {
    const { who, figure, source, machine, date } = published;
    const share = perCore(published, row);
    return { who, source, machine, date, figure: share === undefined ? figure : `${figure}; ${share}` };
  });
}

function perCore({ busyCores, packetsPerSecond, mbitPerSecond }: Published, row: Row): string | undefined {
  if (busyCores === undefined) return undefined;
  if (row === 'S1' && packetsPerSecond !== undefined) {
    return `that is ${thousands(packetsPerSecond / busyCores)} packets/s for a busy core`;
  }
  if (row !== 'S2' || mbitPerSecond === undefined) return undefined;
  const mbit = mbitPerSecond / busyCores;
  return `that is ${Math.round(mbit)} Mbit/s for a busy core, as much as ${Math.floor(mbit / STREAM_MBIT)} viewers of ${STREAM_MBIT} Mbit/s`;
}

function thousands(count: number): string {
  return (Math.round(count / 1000) * 1000).toLocaleString('en-US');
}
