/**
 * Reads the times of frames out of a segment, so that a frame step lands on a frame: `trun` of fragmented MP4 (ISO/IEC
 * 14496-12, 8.8) and blocks of WebM (RFC 9559). What cannot be read gives no times, and steps then go by estimate.
 */

const WEBM_CLUSTER = 0x1f43b675;
const WEBM_SEGMENT = 0x18538067;
const WEBM_BLOCK_GROUP = 0xa0;
const WEBM_TIMESTAMP = 0xe7;
const WEBM_BLOCK = 0xa1;
const WEBM_SIMPLE_BLOCK = 0xa3;

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    const short = view.getUint32(at);
    const type = String.fromCharCode(
      view.getUint8(at + 4),
      view.getUint8(at + 5),
      view.getUint8(at + 6),
      view.getUint8(at + 7),
    );
    const large = short === 1 && at + 16 <= to;
    const size = large ? Number(view.getBigUint64(at + 8)) : short === 0 ? to - at : short;
    if (size < 8 || at + size > to) return;
    yield { type, start: at + (large ? 16 : 8), end: at + size };
    at += size;
  }
}

function find(view: DataView, path: readonly string[], from: number, to: number): Box | undefined {
  let [start, end] = [from, to];
  let found: Box | undefined;
  for (const type of path) {
    found = undefined;
    for (const box of boxes(view, start, end)) {
      if (box.type === type) {
        found = box;
        break;
      }
    }
    if (found === undefined) return undefined;
    [start, end] = [found.start, found.end];
  }
  return found;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Units a second of the only track of an MP4 init; undefined for anything else. */
export function timescaleOf(init: Uint8Array): number | undefined {
  const view = viewOf(init);
  const box = find(view, ['moov', 'trak', 'mdia', 'mdhd'], 0, view.byteLength);
  if (box === undefined) return undefined;
  const at = view.getUint8(box.start) === 1 ? box.start + 20 : box.start + 12;
  return at + 4 <= box.end ? view.getUint32(at) : undefined;
}

/**
 * Times of the frames of a segment in milliseconds, in order of showing.
 * @param timescale of the init for MP4; undefined for WebM.
 */
export function frameTimes(segment: Uint8Array, timescale: number | undefined): readonly number[] {
  const times: number[] = [];
  try {
    const view = viewOf(segment);
    if (timescale === undefined) readWebm(view, 0, view.byteLength, { timestamp: 0, times });
    else readMoofs(view, timescale, times);
  } catch (error) {
    // A length that leads out of the bytes: what was read so far holds.
    if (!(error instanceof RangeError)) throw error;
  }
  return times.sort((a, b) => a - b);
}

function readMoofs(view: DataView, timescale: number, times: number[]): void {
  for (const box of boxes(view, 0, view.byteLength)) {
    if (box.type !== 'moof') continue;
    for (const traf of boxes(view, box.start, box.end))
      if (traf.type === 'traf') readTraf(view, traf, timescale, times);
  }
}

function readTraf(view: DataView, traf: Box, timescale: number, times: number[]): void {
  const tfdt = find(view, ['tfdt'], traf.start, traf.end);
  if (tfdt === undefined) return;
  let time =
    view.getUint8(tfdt.start) === 1
      ? Number(view.getBigUint64(tfdt.start + 4))
      : view.getUint32(tfdt.start + 4);
  const standard = defaultDuration(view, traf);
  for (const trun of boxes(view, traf.start, traf.end)) {
    if (trun.type !== 'trun') continue;
    const flags = view.getUint32(trun.start) & 0xffffff;
    const count = view.getUint32(trun.start + 4);
    let at = trun.start + 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0);
    for (let n = 0; n < count; n += 1) {
      const duration = flags & 0x100 ? view.getUint32(at) : standard;
      const beforeOffset = at + (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0);
      const offset = flags & 0x800 ? view.getInt32(beforeOffset) : 0;
      times.push(((time + offset) * 1000) / timescale);
      time += duration;
      at = beforeOffset + (flags & 0x800 ? 4 : 0);
    }
  }
}

function defaultDuration(view: DataView, traf: Box): number {
  const tfhd = find(view, ['tfhd'], traf.start, traf.end);
  if (tfhd === undefined) return 0;
  const flags = view.getUint32(tfhd.start) & 0xffffff;
  if ((flags & 8) === 0) return 0;
  return view.getUint32(tfhd.start + 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0));
}

interface Cluster {
  timestamp: number;
  readonly times: number[];
}

/** A number of EBML: its length stands in the leading zeros. `keep` leaves the marker in, as ids have it. */
function ebmlNumber(view: DataView, at: number, keep: boolean): { value: number; length: number } {
  const first = view.getUint8(at);
  const length = Math.clz32(first) - 23;
  let value = keep ? first : first & (0xff >> length);
  let allOnes = value === 0xff >> length;
  for (let n = 1; n < length; n += 1) {
    const byte = view.getUint8(at + n);
    allOnes &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return { value: !keep && allOnes ? Number.POSITIVE_INFINITY : value, length };
}

function readWebm(view: DataView, from: number, to: number, cluster: Cluster): void {
  let at = from;
  while (at < to) {
    const id = ebmlNumber(view, at, true);
    const size = ebmlNumber(view, at + id.length, false);
    const start = at + id.length + size.length;
    const end = Math.min(to, start + size.value);
    if (id.value === WEBM_SEGMENT || id.value === WEBM_CLUSTER || id.value === WEBM_BLOCK_GROUP) {
      readWebm(view, start, end, cluster);
    } else if (id.value === WEBM_TIMESTAMP) {
      cluster.timestamp = 0;
      for (let n = start; n < end; n += 1) cluster.timestamp = cluster.timestamp * 256 + view.getUint8(n);
    } else if (id.value === WEBM_SIMPLE_BLOCK || id.value === WEBM_BLOCK) {
      const track = ebmlNumber(view, start, false);
      cluster.times.push(cluster.timestamp + view.getInt16(start + track.length));
    }
    at = end;
  }
}
