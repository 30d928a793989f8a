/**
 * The check after the end: everything covered, everything decodes, sound and picture in step. It reads the package as it
 * stands on the disk, decrypts in memory, and writes what it found into the manifest; only then may the package be sealed.
 */
import type { CheckResult, Manifest, ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { lengthOf, skewOf, uncovered } from './coverage.ts';
import { decodeTrack } from './decode.ts';
import { readManifest, writeManifest } from './manifest-file.ts';
import type { PlainAccess } from './plain.ts';
import { Findings } from './report.ts';
import { checkLog } from './verify-log.ts';

export interface CheckOptions {
  readonly folder: string;
  readonly access: PlainAccess;
  readonly now?: () => number;
  /** 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

type Problem = CheckResult['problems'][number];
const MOST_PROBLEMS = 1000;

/** Checks an ended package and writes the result; `checked` is its state then, whatever was found. */
export async function checkPackage(options: CheckOptions): Promise<Manifest> {
  const { manifest } = await readManifest(options.folder);
  if (manifest.seal) return manifest;
  const check = await checkManifest(manifest, options);
  const checked: Manifest = { ...manifest, state: 'checked', check };
  await writeManifest(options.folder, checked);
  return checked;
}

/** The check itself; changes nothing. One track after the other: it runs behind calls that go on. */
export async function checkManifest(manifest: Manifest, options: CheckOptions): Promise<CheckResult> {
  const { access, now = Date.now, signal, onProgress } = options;
  const media = manifest.tracks.filter(({ kind }) => kind !== 'messages');
  const total = media.reduce((sum, { segments }) => sum + segments.length, 0);
  const problems: Problem[] = manifest.tracks.flatMap(coverageProblems);
  problems.push(...(await logProblems(manifest, options)));
  let [decoded, done] = [0, 0];
  for (const track of media) {
    const result = await decodeTrack(track, {
      access,
      ...(signal ? { signal } : {}),
      onSegments: (count) => {
        done += count;
        onProgress?.(done / total);
      },
    });
    decoded += result.decoded;
    for (const { code, from, to, detail } of result.problems)
      problems.push({
        trackId: track.trackId,
        code,
        detail: `${seconds(from)} to ${seconds(to)}: ${detail}`,
      });
  }
  return {
    atUtc: now(),
    decoded,
    segments: total,
    uncoveredMs: Math.round(manifest.tracks.reduce((sum, track) => sum + lengthOf(uncovered(track)), 0)),
    skew: skewOf(manifest.tracks),
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** The seal signs the log as it stands: that its chain holds has to be known before. */
async function logProblems(manifest: Manifest, { folder }: CheckOptions): Promise<Problem[]> {
  const findings = new Findings();
  await checkLog(folder, manifest, findings);
  return findings.list.map(({ code, detail }) => ({ code, detail }));
}

function coverageProblems(track: ManifestTrack): Problem[] {
  return uncovered(track).map(({ from, to }) => ({
    trackId: track.trackId,
    code: 'uncovered',
    detail: `${seconds(from)} to ${seconds(to)}: neither a segment nor a gap`,
  }));
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`;
}
