/** `goldenhour export`: a part of a recording to hand over, its raw packets, or its segments made anew. */
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import type { Blanking } from '../../signaling/protocol/recordings.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import type { OpenedRecordings } from '../with-recordings.ts';

const help = `Usage: goldenhour export PATH --out DIR --reason TEXT [--tracks ID,ID…] [--from SECONDS] [--to SECONDS]
                         [--lang zh-CN|en] [--no-captions] [--no-marks] [--blank TRACK,FROM,TO[,X,Y,WIDTH,HEIGHT]]… [--zip]
       goldenhour export PATH --raw --out DIR --reason TEXT [--tracks ID,ID…]
       goldenhour export PATH --rebuild [--replace]

Takes a part out of the recording in folder PATH into the new folder DIR: one MP4 with the chosen tracks side by side, the original
segments as playable clips with their proofs, a custody page, and verify.html, which checks all of it offline. It runs on the
installation that recorded, since it needs its keys, and it is written to the audit first.

  --out DIR      a folder that does not exist yet
  --reason TEXT  why; it stands in the audit and on the custody page
  --tracks       ids of tracks; at most nine, all with picture or sound unless given
  --from, --to   seconds of room time; the whole recording unless given
  --lang         language of captions and pages (default: zh-CN)
  --no-captions  no names, clocks and facts in the picture
  --no-marks     pictures without the marks that people drew on them
  --blank        hides a part of the picture (X to HEIGHT as shares of it, 0 to 1; all of it without) or the sound of a track
                 for a time in seconds; segments of that time are left out of the clips. May be given several times
  --zip          one file DIR.zip instead of the folder
  --raw          the packets of each track as rtpdump files instead
  --rebuild      makes the segments again from the journals and says what differs; --replace puts them in place of those that are
                 damaged, in a recording that is not sealed
  --purpose      care, quality, teaching or evidence: whose keys open it (default: evidence)
  --json         print the result as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

const FLAGS = ['--no-captions', '--no-marks', '--zip', '--raw', '--rebuild', '--replace'];
const VALUES = ['out', 'reason', 'tracks', 'from', 'to', 'lang', 'purpose'];

interface Asked {
  readonly folder: string;
  readonly flags: ReadonlySet<string>;
  readonly own: OwnArguments;
  readonly blank: readonly string[];
}

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const flags = new Set(rest.filter((argument) => FLAGS.includes(argument)));
  const { blank, left } = takeBlanks(rest.filter((argument) => !flags.has(argument)));
  const own = splitArguments('export', left, VALUES);
  const [folder, ...more] = own.words;
  if (folder === undefined || more.length > 0)
    throw usageError('export', 'Name the folder of one recording.');
  const asked = { folder, flags, own, blank };
  if (!flags.has('--rebuild'))
    for (const name of ['out', 'reason'])
      if (!own.values.get(name)?.trim()) throw usageError('export', `--${name} is needed.`);
  await provideFfmpeg();
  const { withRecordings } = await import('../with-recordings.ts');
  const answer = await withRecordings(own.settings, (opened) => {
    if (flags.has('--rebuild')) return rebuildSegments(opened, asked);
    return flags.has('--raw') ? exportRaw(opened, asked) : exportPart(opened, asked);
  });
  print(answer, json);
  return 0;
}

/** The ffmpeg that set-up chose for the service; without one the system's is looked for. */
async function provideFfmpeg(): Promise<void> {
  const { cacheRoot } = await import('../../platform/setup/bring-node.mjs');
  const { chosenFfmpeg } = await import('../../platform/setup/ffmpeg.ts');
  const chosen = await chosenFfmpeg(cacheRoot());
  if (chosen !== undefined) process.env.FFMPEG_BIN ??= chosen;
}

/** `--blank` may be given several times, which the other options may not. */
function takeBlanks(args: readonly string[]): { blank: string[]; left: string[] } {
  const blank: string[] = [];
  const left: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument !== '--blank') left.push(argument);
    else {
      index += 1;
      blank.push(args[index] ?? '');
    }
  }
  return { blank, left };
}

/** Opens the package under the keys of the purpose, once the audit has it. */
async function openPackage({ keys, audit }: OpenedRecordings, { folder, own }: Asked, action: string) {
  const { readManifest } = await import('../../recorder/seal/manifest-file.ts');
  const { plainAccess } = await import('../../recorder/seal/plain.ts');
  const { Purpose } = await import('../../signaling/protocol/recordings.ts');
  const purpose = Purpose.safeParse(own.values.get('purpose') ?? 'evidence');
  if (!purpose.success) throw usageError('export', `--purpose is one of ${Purpose.options.join(', ')}.`);
  const { manifest } = await readManifest(folder);
  const { roomId } = manifest;
  const reason = own.values.get('reason')?.trim() ?? '';
  await audit(action, { roomId, purpose: purpose.data }, reason);
  const access = plainAccess({ folder, roomId, keys, purpose: purpose.data });
  return { manifest, access, reason, purpose: purpose.data, tracks: chosenTracks(manifest.tracks, own) };
}

function chosenTracks(tracks: readonly ManifestTrack[], { values }: OwnArguments): ManifestTrack[] {
  const media = tracks.filter(({ kind }) => kind !== 'messages');
  const ids = values.get('tracks')?.split(',') ?? media.map(({ trackId }) => trackId);
  return ids.map((id) => {
    const track = media.find(({ trackId }) => trackId === id);
    if (track) return track;
    throw usageError(
      'export',
      `There is no track ${id}; there are: ${media.map((each) => each.trackId).join(', ')}.`,
    );
  });
}

async function exportPart(opened: OpenedRecordings, asked: Asked): Promise<Answer> {
  const { own, flags, blank, folder } = asked;
  const { resolve } = await import('node:path');
  const { rm } = await import('node:fs/promises');
  const { StepLine } = await import('../../platform/setup/progress.ts');
  const { exportClip } = await import('../../recorder/export/export.ts');
  const { zipExport } = await import('../../recorder/export/zip.ts');
  const { custodyOf } = await import('../../signaling/recordings/custody.ts');
  const language = own.values.get('lang') ?? 'zh-CN';
  if (language !== 'zh-CN' && language !== 'en') throw usageError('export', '--lang is zh-CN or en.');
  const { manifest, access, reason, purpose, tracks } = await openPackage(opened, asked, 'recording.export');
  if (tracks.length > 9) throw usageError('export', 'Choose at most nine tracks with --tracks.');
  const [from, to] = [seconds(own, 'from') ?? manifest.from, seconds(own, 'to') ?? manifest.to];
  const words = await wordsOf(opened, manifest.roomId, tracks, { from, to, language });
  const { audit, directory } = opened.people;
  const out = resolve(own.values.get('out') ?? '');
  const line = new StepLine(process.stderr, 1, 1, 'Exporting');
  try {
    const result = await exportClip(
      {
        ...{ folder, out, access, purpose, reason, from, to, language, ...words },
        ...{
          by: 'console',
          captions: !flags.has('--no-captions'),
          showMarks: !flags.has('--no-marks'),
          blank: blank.map((text) => blanking(text, tracks)),
        },
        trackIds: tracks.map(({ trackId }) => trackId),
        custody: await custodyOf(audit, directory, manifest.roomId),
      },
      (done, step) => line.say(step, done),
    );
    const path = flags.has('--zip') ? `${out}.zip` : out;
    if (flags.has('--zip')) {
      await zipExport(result, path, `export-${manifest.roomId}`);
      await rm(out, { recursive: true });
    }
    line.end('done');
    const note = result.notes.includes('no-font')
      ? 'There is no font with Chinese letters on this machine (Debian: fonts-noto-cjk), so no words stand in the picture.\n'
      : '';
    return { text: `${note}The export is ${path}.\n`, json: { path, ...result } };
  } catch (error) {
    line.end('failed');
    throw error;
  }
}

/** Names and facts from the decrypted log; without it (its key is destroyed, or another database) tracks go by their ids. */
async function wordsOf(
  { logs }: OpenedRecordings,
  roomId: string,
  tracks: readonly ManifestTrack[],
  time: { readonly from: number; readonly to: number; readonly language: 'zh-CN' | 'en' },
) {
  const { exportLabels, exportMarks } = await import('../../signaling/recordings/export-words.ts');
  const { exportDrawn } = await import('../../signaling/recordings/export-drawn.ts');
  const { isAppError } = await import('../../platform/errors.ts');
  try {
    const { entries } = await logs.read(roomId);
    const trackIds = tracks.map(({ trackId }) => trackId);
    return {
      ...{ labels: exportLabels(tracks, entries), marks: exportMarks(entries, time), title: roomId },
      drawn: exportDrawn(entries, { trackIds, to: time.to }),
    };
  } catch (error) {
    if (!isAppError(error)) throw error;
    process.stderr.write(`The log of this room cannot be read (${error.code}): tracks go by their ids.\n`);
    return { labels: {}, marks: [], drawn: [], title: roomId };
  }
}

function seconds({ values }: OwnArguments, name: string): number | undefined {
  const text = values.get(name);
  if (text === undefined) return undefined;
  const value = Number(text) * 1000;
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw usageError('export', `--${name} is a number of seconds.`);
}

/** `TRACK,FROM,TO` in seconds, and for a part of the picture `,X,Y,WIDTH,HEIGHT`. */
function blanking(text: string, tracks: readonly ManifestTrack[]): Blanking {
  const [trackId = '', ...rest] = text.split(',');
  const numbers = rest.map((each) => (each.trim() === '' ? Number.NaN : Number(each)));
  const [from = Number.NaN, to = Number.NaN, x = 0, y = 0, width = 1, height = 1] = numbers;
  const track = tracks.find((each) => each.trackId === trackId);
  const isWhole = numbers.length === 2;
  if (!track || track.kind === 'messages' || !(isWhole || numbers.length === 6) || !(to > from))
    throw usageError('export', `--blank ${text} is not TRACK,FROM,TO or TRACK,FROM,TO,X,Y,WIDTH,HEIGHT.`);
  if (![x, y, width, height].every((share) => share >= 0 && share <= 1))
    throw usageError('export', `--blank ${text}: X, Y, WIDTH and HEIGHT are shares of the picture, 0 to 1.`);
  const base = { trackId, kind: track.kind, from: from * 1000, to: to * 1000 };
  return isWhole || track.kind === 'audio' ? base : { ...base, area: { x, y, width, height } };
}

async function exportRaw(opened: OpenedRecordings, asked: Asked): Promise<Answer> {
  const { mkdir } = await import('node:fs/promises');
  const { join, resolve } = await import('node:path');
  const { writeRaw } = await import('../../recorder/export/raw.ts');
  const { manifest, access, tracks } = await openPackage(opened, asked, 'recording.export-raw');
  const out = resolve(asked.own.values.get('out') ?? '');
  await mkdir(out);
  const written = [];
  for (const track of tracks) {
    const file = join(out, `${track.trackId}.rtpdump`);
    written.push({ file, ...(await writeRaw({ folder: asked.folder, manifest, track, access, file })) });
  }
  const lines = written.map(({ file, rtp, rtcp }) => `${file}: ${rtp} packets of RTP, ${rtcp} of RTCP\n`);
  return { text: lines.join(''), json: { files: written } };
}

async function rebuildSegments({ keys, audit }: OpenedRecordings, { folder, flags }: Asked): Promise<Answer> {
  const { readFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { RecordingState, STATE_FILE } = await import('../../recorder/core/state.ts');
  const { PACKAGE_KEY, trackKeyName } = await import('../../recorder/keys/recording-keys.ts');
  const { rebuild } = await import('../../recorder/package/rebuild.ts');
  const { roomId } = RecordingState.parse(JSON.parse(await readFile(join(folder, STATE_FILE), 'utf8')));
  await audit('recording.rebuild', { roomId });
  const keyOf = async (name: string) => (await keys.open(roomId, name, 'evidence')).key;
  const found = await rebuild(folder, {
    trackKey: (trackId) => keyOf(trackKeyName(trackId)),
    packageKey: () => keyOf(PACKAGE_KEY),
    replace: flags.has('--replace'),
  });
  const lines = found.differences.map(({ trackId, what }) => `  ${trackId}: ${what}\n`).join('');
  const end = found.replaced ? 'They were replaced.\n' : '';
  const text = `${found.segments} segments were made from the journals; ${found.differences.length} things differ.\n${lines}${end}`;
  return { text, json: found };
}

export const exportCommand: Command = {
  summary: 'take a part of a recording out, with proofs',
  help,
  setup: 'base',
  run,
};
