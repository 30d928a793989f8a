/** What a capacity plan assumes, with where each number comes from. Whoever plans replaces guesses by figures of the own city. */
import { AppError } from '../../platform/errors.ts';

export interface Assumption {
  /** As the command's option, without dashes. */
  readonly option: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly meaning: string;
  /** "guess" where nobody measured it. */
  readonly source: string;
}

const DOMAIN = 'collected from the literature';

/** Sources name what was read when they were chosen; docs/benchmarks/capacity.md shows them beside the result. */
export const ASSUMPTIONS = {
  ambulances: of(
    'ambulances',
    53,
    [1, 1e6],
    'ambulances',
    'given; the default is a city of our sources',
    true,
  ),
  hospitals: of(
    'hospitals',
    21,
    [1, 1e6],
    'hospitals that watch',
    'given; the default is a city of our sources',
    true,
  ),
  sites: of(
    'sites',
    1,
    [1, 10_000],
    'places with media nodes of their own, which share the load evenly',
    'given',
    true,
  ),
  incidentsPerAmbulance: of(
    'incidents-per-ambulance',
    8,
    [0.1, 40],
    'incidents of an ambulance in a day',
    'guess',
  ),
  busyHourShare: of(
    'busy-hour',
    0.07,
    [0.0417, 1],
    'share of a day’s incidents in its busiest hour; 0.042 would be an even day',
    'guess',
  ),
  minutes: of(
    'minutes',
    35,
    [1, 600],
    'minutes that an incident’s room is live',
    `guess; a tele-doctor’s consult alone takes 24.9 (SD 12.5) minutes (Aachen Telenotarzt, JMIR 2019)`,
  ),
  minutesSpread: of(
    'minutes-spread',
    0.5,
    [0.05, 3],
    'standard deviation of that time as a share of it',
    'Aachen Telenotarzt: 12.5 of 24.9 minutes',
  ),
  uhdCameras: of('cameras-4k', 1, [0, 8], '4K cameras of an ambulance', 'guess', true),
  uhdMbit: of(
    'mbit-4k',
    15,
    [1, 100],
    'Mbit/s of a 4K camera',
    `12 Mbit/s in a 5G field test of ambulances (JMIR 2022, e36824); H.264 at 30 a second 15 to 25 (${DOMAIN}, not verified)`,
  ),
  hdCameras: of('cameras-hd', 2, [0, 16], '1080p cameras of an ambulance: badge, monitor', 'guess', true),
  hdMbit: of('mbit-hd', 4, [0.5, 50], 'Mbit/s of a 1080p camera', `2.5 to 5 (${DOMAIN}, not verified)`),
  glassesShare: of(
    'glasses',
    0.3,
    [0, 1],
    'share of incidents with glasses, as one more 1080p camera',
    'guess',
  ),
  smallMbit: of('mbit-small', 0.8, [0.05, 10], 'Mbit/s of a camera that is shown small', 'guess'),
  backMbit: of('mbit-back', 1.5, [0, 20], 'Mbit/s of a specialist’s own camera', 'guess'),
  viewers: of(
    'viewers',
    2,
    [0, 100],
    'people in hospitals who watch a room from its begin: coordinator, receiving hospital',
    'guess',
    true,
  ),
  specialists: of('specialists', 1, [0, 100], 'specialists who are called into a room', 'guess', true),
  bystanderShare: of(
    'bystanders',
    0.15,
    [0, 1],
    'video calls of bystanders for each incident',
    'guess; in 10 % of eligible cases (Idland 2024)',
  ),
  bystanderMinutes: of('bystander-minutes', 8, [0.5, 120], 'minutes of such a call', 'guess'),
  bystanderMbit: of(
    'mbit-bystander',
    0.6,
    [0.05, 10],
    'Mbit/s of a bystander’s camera',
    'what the bystander’s page is made for',
  ),
  recorded: of('recorded', 1, [0, 1], 'share of rooms that is recorded', 'on by default'),
  retentionDays: of(
    'retention-days',
    1095,
    [1, 36_500],
    'days that recordings are kept',
    `three years for sound and picture of internet diagnosis in China (${DOMAIN}, not verified)`,
    true,
  ),
  replicas: of('replicas', 2, [1, 10], 'copies of each recording', 'guess', true),
  factsPerMinute: of(
    'facts-per-minute',
    6,
    [0, 600],
    'facts in a room in a minute, marks among them',
    'guess',
  ),
  coreLoad: of(
    'core-load',
    0.6,
    [0.1, 0.9],
    'share of a core that a process may take at the busy hour',
    'S3 measures delay at 60 % of the knee',
  ),
  headroom: of('headroom', 0.2, [0, 3], 'added to every load, for growth and days that are worse', 'guess'),
  fill: of(
    'fill',
    0.85,
    [0.1, 1],
    'share of what all nodes could carry that is used, because rooms are not spread evenly',
    'found by the simulation: rooms that just began look smaller than they become',
  ),
  webrtc: of(
    'webrtc',
    1.3,
    [1, 5],
    'cost of a real WebRTC connection against the measured SRTP address',
    'guess: ICE, DTLS, feedback and bandwidth estimation come on top',
  ),
  workers: of(
    'workers',
    1,
    [1, 64],
    'media workers of a node, a core each',
    'chosen: a node’s one recorder is full before a second worker is',
    true,
  ),
  nodeMbit: of(
    'node-mbit',
    5000,
    [100, 400_000],
    'Mbit/s that a node may send',
    'guess: half of a 10 Gbit/s port',
  ),
  turnShare: of(
    'turn',
    0.1,
    [0, 1],
    'share of what people receive that goes through TURN',
    'guess: hospitals that allow nothing but port 443',
  ),
} as const satisfies Record<string, Assumption>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumed = Readonly<Record<AssumptionName, number>>;

/** Load of three sizes: the city of our sources, and about 20 and 600 times it. */
export const PRESETS = {
  city: { ambulances: 53, hospitals: 21, sites: 1 },
  province: { ambulances: 1060, hospitals: 420, sites: 2 },
  nation: { ambulances: 31_800, hospitals: 12_600, sites: 31 },
} as const satisfies Record<string, Partial<Assumed>>;
export type Preset = keyof typeof PRESETS;

export const NAMES: readonly AssumptionName[] = Object.keys(ASSUMPTIONS).filter(isName);

function isName(name: string): name is AssumptionName {
  return Object.hasOwn(ASSUMPTIONS, name);
}

function of(
  option: string,
  value: number,
  [min, max]: readonly [number, number],
  meaning: string,
  source: string,
  whole = false,
): Assumption {
  return { option, default: value, min, max, meaning, source, whole };
}

/** Checks what was given and adds what was not. Throws `usage` that names the option, what it allows and what it means. */
export function assume(given: Partial<Assumed>): Assumed {
  const assumed = (name: AssumptionName) => checked(name, given[name] ?? ASSUMPTIONS[name].default);
  return {
    ...{ ambulances: assumed('ambulances'), hospitals: assumed('hospitals'), sites: assumed('sites') },
    incidentsPerAmbulance: assumed('incidentsPerAmbulance'),
    ...{ busyHourShare: assumed('busyHourShare'), minutes: assumed('minutes') },
    ...{ minutesSpread: assumed('minutesSpread'), uhdCameras: assumed('uhdCameras') },
    ...{ uhdMbit: assumed('uhdMbit'), hdCameras: assumed('hdCameras'), hdMbit: assumed('hdMbit') },
    ...{ glassesShare: assumed('glassesShare'), smallMbit: assumed('smallMbit') },
    ...{ backMbit: assumed('backMbit'), viewers: assumed('viewers'), specialists: assumed('specialists') },
    ...{ bystanderShare: assumed('bystanderShare'), bystanderMinutes: assumed('bystanderMinutes') },
    ...{ bystanderMbit: assumed('bystanderMbit'), recorded: assumed('recorded') },
    ...{ retentionDays: assumed('retentionDays'), replicas: assumed('replicas') },
    ...{ factsPerMinute: assumed('factsPerMinute'), coreLoad: assumed('coreLoad') },
    ...{
      headroom: assumed('headroom'),
      fill: assumed('fill'),
      webrtc: assumed('webrtc'),
      workers: assumed('workers'),
    },
    ...{ nodeMbit: assumed('nodeMbit'), turnShare: assumed('turnShare') },
  };
}

function checked(name: AssumptionName, value: number): number {
  const { option, min, max, whole, meaning }: Assumption = ASSUMPTIONS[name];
  const fits = Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  throw new AppError(
    'usage',
    `--${option} takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}: ${meaning}.`,
    { status: 400, whatToDo: 'See "goldenhour plan --help" for all options with their defaults.' },
  );
}
