/**
 * From ambulances to machines. Rooms at once come from the incident rate as a quantile, not a mean; each site carries its quantile at the
 * target load with one node lost.
 */
import type { Costs, UnitCosts } from '../cost/costs.ts';
import type { Assumed } from './assumptions.ts';
import { ambulanceRoom, bystanderRoom, type RoomDemand } from './demand.ts';
import { poissonQuantile } from './erlang.ts';

/** Share of the busy hour in which no more than the planned rooms are live. */
export const SURE = 0.999;
const MIN_NODES = 2;
const MIN_SIGNALING = 2;
/** Packets a second that coturn relays on one core: 127,000 on four (coturn pull request 1907). */
const TURN_PACKETS_PER_CORE = 31_750;
const PACKET_BYTES = 1150;
/** Of a node beside its workers: its recorder, and one for its own process, the programs of the recorder and the system. */
const OTHER_CORES = 2;
const GB = 1e9;

export interface Plan {
  readonly assumed: Assumed;
  readonly incidentsPerDay: number;
  /** Offered load of the busy hour in all, in erlang, and the rooms that a site is planned for. */
  readonly erlang: { readonly rooms: number; readonly bystanders: number };
  readonly perSite: SitePlan;
  readonly total: {
    readonly nodes: number;
    readonly cores: number;
    readonly memoryGB: number;
    readonly signaling: number;
    readonly recorders: number;
    readonly inMbit: number;
    readonly outMbit: number;
    readonly turnMbit: number;
    readonly turnCores: number;
    readonly storageTBPerYear: number;
    readonly storageTBKept: number;
    readonly databaseGBPerYear: number;
  };
  readonly ambulance: { readonly upMbit: number; readonly downMbit: number };
  readonly hospital: { readonly rooms: number; readonly upMbit: number; readonly downMbit: number };
  readonly centre: { readonly downMbit: number };
  /** Whole sentences about what is odd in the input or far from what was measured. */
  readonly warnings: readonly string[];
}

export interface SitePlan {
  readonly rooms: number;
  readonly bystanders: number;
  readonly nodes: number;
  /** Rooms that one node carries at the target load, and what is full then. */
  readonly roomsPerNode: number;
  readonly bound: 'workers' | 'recorder' | 'network';
  readonly coresPerNode: number;
  readonly memoryGBPerNode: number;
  readonly signaling: number;
  readonly inMbit: number;
  readonly outMbit: number;
}

/** Pure: the same input gives the same plan. */
export function planFor(assumed: Assumed, costs: Costs): Plan {
  const { unit } = costs;
  const [room, bystander] = [ambulanceRoom(assumed, unit), bystanderRoom(assumed, unit)];
  const incidentsPerDay = assumed.ambulances * assumed.incidentsPerAmbulance;
  const busiest = incidentsPerDay * assumed.busyHourShare;
  const erlang = {
    rooms: (busiest * assumed.minutes) / 60,
    bystanders: (busiest * assumed.bystanderShare * assumed.bystanderMinutes) / 60,
  };
  const rooms = { room, bystander };
  const perSite = sitePlan(assumed, unit, erlang, rooms);
  const hospitalViewers = assumed.viewers + assumed.specialists;
  const watching = poissonQuantile((erlang.rooms * hospitalViewers) / assumed.hospitals, SURE);
  const centre = poissonQuantile(erlang.rooms, SURE) * room.dispatcherDown;
  const calls = poissonQuantile(erlang.bystanders, SURE) * bystander.dispatcherDown;
  return {
    ...{ assumed, incidentsPerDay, erlang, perSite },
    total: totals(assumed, unit, perSite, rooms, incidentsPerDay),
    ambulance: { upMbit: room.sceneUp, downMbit: room.sceneDown },
    hospital: { rooms: watching, upMbit: watching * room.viewerUp, downMbit: watching * room.viewerDown },
    centre: { downMbit: centre + calls },
    warnings: warningsOf(assumed, costs, erlang.rooms, room),
  };
}

interface Rooms {
  readonly room: RoomDemand;
  readonly bystander: RoomDemand;
}

function sitePlan(a: Assumed, unit: UnitCosts, erlang: Plan['erlang'], { room, bystander }: Rooms): SitePlan {
  // An ambulance is in one room at a time, however many incidents wait.
  const rooms = Math.min(poissonQuantile(erlang.rooms / a.sites, SURE), Math.ceil(a.ambulances / a.sites));
  const bystanders = poissonQuantile(erlang.bystanders / a.sites, SURE);
  const { perNode, bound } = roomsPerNode(a, unit, room);
  // In whole rooms on each node, since a room is not split; a bystander's counts for what it takes of the scarcest.
  const equivalents = (rooms + bystanders * sizeAgainst(bystander, room)) * (1 + a.headroom);
  const nodes = Math.max(MIN_NODES, Math.ceil(equivalents / (perNode * a.fill)) + 1);
  const signalingCores = (rooms * room.signaling + bystanders * bystander.signaling) * (1 + a.headroom);
  const tracks = perNode * room.tracks;
  const memory =
    a.workers * unit.workerIdleBytes +
    perNode * room.consumers * unit.viewerBytes +
    unit.recorderIdleBytes +
    tracks * unit.recorderBytesPerTrack +
    // Its own process: measured of signaling, which loads the same libraries.
    unit.signalingIdleBytes;
  return {
    ...{ rooms, bystanders, nodes, roomsPerNode: perNode, bound },
    coresPerNode: a.workers + OTHER_CORES,
    memoryGBPerNode: memory / GB,
    signaling: Math.max(MIN_SIGNALING, Math.ceil(signalingCores / (a.coreLoad - unit.signalingIdleCore)) + 1),
    inMbit: rooms * room.inMbit + bystanders * bystander.inMbit,
    outMbit: rooms * room.outMbit + bystanders * bystander.outMbit,
  };
}

/** Whole rooms that fit one node at the target load, at least one, and what is full first. */
export function roomsPerNode(
  a: Assumed,
  unit: UnitCosts,
  room: RoomDemand,
): { perNode: number; bound: SitePlan['bound'] } {
  const perWorker = Math.max(0.01, a.coreLoad - unit.workerIdleCore) / Math.max(1e-9, room.worker);
  const fits: readonly [SitePlan['bound'], number][] = [
    ['workers', Math.floor(perWorker) * a.workers],
    ['recorder', Math.max(0.01, a.coreLoad - unit.recorderIdleCore) / Math.max(1e-9, room.recorder)],
    ['network', a.nodeMbit / Math.max(1e-9, room.outMbit)],
  ];
  const [bound, most] = fits.reduce((least, each) => (each[1] < least[1] ? each : least));
  return { perNode: Math.max(1, Math.floor(most)), bound };
}

function sizeAgainst(small: RoomDemand, large: RoomDemand): number {
  const share = (of: (room: RoomDemand) => number) => of(small) / Math.max(1e-9, of(large));
  return Math.max(
    share(({ worker }) => worker),
    share(({ recorder }) => recorder),
    share(({ outMbit }) => outMbit),
  );
}

function totals(
  a: Assumed,
  unit: UnitCosts,
  site: SitePlan,
  { room, bystander }: Rooms,
  incidentsPerDay: number,
): Plan['total'] {
  const nodes = site.nodes * a.sites;
  const signaling = site.signaling * a.sites;
  const outMbit = site.outMbit * a.sites;
  const turnMbit = outMbit * a.turnShare;
  // Every packet comes in and goes out again; the peers' own sound and picture are small beside it.
  const turnPackets = (turnMbit * 1e6) / 8 / PACKET_BYTES;
  const calls = a.bystanderShare;
  const gbit = room.recordedMbit * a.minutes + bystander.recordedMbit * calls * a.bystanderMinutes;
  const storageTBPerYear = (incidentsPerDay * 365 * gbit * 60) / 8 / 1e6;
  const facts =
    room.factsOnce +
    a.factsPerMinute * a.minutes +
    calls * (bystander.factsOnce + a.factsPerMinute * a.bystanderMinutes);
  return {
    ...{ nodes, signaling, recorders: nodes, outMbit, turnMbit, storageTBPerYear },
    cores: nodes * site.coresPerNode + signaling,
    memoryGB: nodes * site.memoryGBPerNode + (signaling * unit.signalingIdleBytes) / GB,
    inMbit: site.inMbit * a.sites,
    turnCores: Math.ceil(turnPackets / TURN_PACKETS_PER_CORE / a.coreLoad),
    storageTBKept: (storageTBPerYear * a.retentionDays * a.replicas) / 365,
    databaseGBPerYear: (incidentsPerDay * 365 * facts * unit.factBytes) / GB,
  };
}

function warningsOf(a: Assumed, costs: Costs, erlang: number, room: RoomDemand): string[] {
  const warnings: string[] = [];
  if (costs.trial) {
    warnings.push(
      `The costs are of a trial run (load average ${costs.load}): run "goldenhour bench COST" on a quiet machine before buying any.`,
    );
  }
  if (erlang > 0.85 * a.ambulances) {
    warnings.push(
      `${Math.round(erlang)} rooms at once on average for ${a.ambulances} ambulances: incidents wait for vehicles, and the plan stops at one room for each.`,
    );
  }
  if (room.worker > a.coreLoad || room.recorder > a.coreLoad) {
    warnings.push('One room takes more than the target load of a core: its node is planned for it alone.');
  }
  return warnings;
}
