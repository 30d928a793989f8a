/** What is given up as space ends, and when (design section 7, target R12): pure, so that every order can be tested. */
import { DISK_LEVELS, type DiskLevel } from '../../signaling/protocol/recorder.ts';

/** Free space below which a level holds, as a share of the reserve. */
const SHARE: Readonly<Record<Exclude<DiskLevel, 'ok' | 'full'>, number>> = {
  'no-thumbnails': 1,
  'no-overview': 0.75,
  'no-4k': 0.5,
  essential: 0.25,
};
/** Less than this cannot hold the blocks of one write; sound and the patient camera go on until then. */
export const FULL_BYTES = 1024 * 1024;
/** A level is left again only with this much more space than led to it, so that it does not flap. */
const HYSTERESIS = 1.25;
const LARGEST_RESERVE = 2 * 1024 ** 3;

/** What is kept free unless configured: 5 % of the file system, 2 GiB at most. */
export function defaultReserve(totalBytes: number): number {
  return Math.min(LARGEST_RESERVE, Math.floor(totalBytes * 0.05));
}

/** Free bytes below which a level holds. */
export function threshold(level: Exclude<DiskLevel, 'ok'>, reserveBytes: number): number {
  return level === 'full' ? FULL_BYTES : Math.max(SHARE[level] * reserveBytes, FULL_BYTES);
}

function levelAt(freeBytes: number, reserveBytes: number): DiskLevel {
  let found: DiskLevel = 'ok';
  for (const level of DISK_LEVELS) {
    if (level !== 'ok' && freeBytes < threshold(level, reserveBytes)) found = level;
  }
  return found;
}

/** The level now, given the one before. It becomes worse at once and better only with room to spare. */
export function nextLevel(before: DiskLevel, freeBytes: number, reserveBytes: number): DiskLevel {
  const now = levelAt(freeBytes, reserveBytes);
  if (rank(now) >= rank(before)) return now;
  const cautious = levelAt(freeBytes / HYSTERESIS, reserveBytes);
  return rank(cautious) < rank(before) ? cautious : before;
}

function rank(level: DiskLevel): number {
  return DISK_LEVELS.indexOf(level);
}

/** What the policy has to know of a track. */
export interface ShedSubject {
  readonly kind: 'audio' | 'video' | 'messages';
  /** Of media. */
  readonly role?: string;
  /** Simulcast encodings; SVC is one encoding. */
  readonly encodings: number;
}

/** Sound and the patient camera: kept while a byte is left. */
export function isEssential({ kind, role }: ShedSubject): boolean {
  return kind === 'audio' || role === 'patient';
}

const OVERVIEW_ROLES: readonly (string | undefined)[] = ['overview', 'screen', 'face'];
/** Sources are published in at most three sizes, of which only the largest is above 1080 lines (`RUNG_LAYER`). */
const ENCODINGS_WITH_4K = 3;

/**
 * What of a track is not stored at a level: nothing, its largest encoding, or everything. A track with layers in one
 * encoding (SVC) keeps them all until `essential`: without their packets its sequence would have holes that look like loss.
 */
export function shedOf(subject: ShedSubject, level: DiskLevel): 'none' | 'largest' | 'all' {
  const at = rank(level);
  if (at >= rank('full')) return 'all';
  if (isEssential(subject)) return 'none';
  if (at >= rank('essential')) return 'all';
  if (at >= rank('no-overview') && OVERVIEW_ROLES.includes(subject.role)) return 'all';
  return at >= rank('no-4k') && subject.encodings >= ENCODINGS_WITH_4K ? 'largest' : 'none';
}
