/** The copy for viewing: one MP4 of all chosen tracks side by side, with names, clocks and marks, H.264 and AAC. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import type { Manifest, ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { runFfmpeg } from '../seal/ffmpeg.ts';
import { clock, type Drawing, Fields, type TextStyle, words } from './captions.ts';
import { DrawnOnTrack } from './drawn.ts';
import { findFont } from './font.ts';
import { LetterMasks } from './letters.ts';
import { marksFile } from './marks.ts';
import { pictures } from './pictures.ts';
import { planTrack, RATE, slotsOf } from './plan.ts';
import type { Size } from './raster.ts';
import { SOUND_INPUT, sound } from './sound.ts';
import type { Blanking, ExportOptions } from './types.ts';
import { type FieldCause, WORDS } from './words.ts';

const FOOT = 48;

export interface ViewOptions extends ExportOptions {
  readonly manifest: Manifest;
  readonly tracks: readonly ManifestTrack[];
  /** Path of the MP4. */
  readonly file: string;
  /** An empty folder for what is needed meanwhile. */
  readonly work: string;
  /** 0 to 1. */
  readonly onDone: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Writes the copy. Returns whether words could stand in it. Throws `export-failed` with what ffmpeg said. */
export async function writeView(options: ViewOptions): Promise<{ readonly hasWords: boolean }> {
  await mkdir(options.work, { recursive: true, mode: 0o700 });
  try {
    return await compose(options);
  } finally {
    await rm(options.work, { recursive: true, force: true });
  }
}

/** Columns, rows and size of tiles for so many pictures. */
export function gridOf(count: number): Size & { readonly columns: number; readonly rows: number } {
  const columns = count <= 1 ? 1 : count <= 4 ? 2 : 3;
  const rows = Math.max(1, Math.ceil(count / columns));
  if (count <= 1) return { columns, rows, width: 1280, height: 720 };
  return count <= 4 ? { columns, rows, width: 960, height: 540 } : { columns, rows, width: 640, height: 360 };
}

async function compose(options: ViewOptions): Promise<{ readonly hasWords: boolean }> {
  const { tracks, from, to, work, file, access, blank, signal, onDone } = options;
  const font = await findFont();
  const drawing = font === undefined ? undefined : { font, folder: work };
  const video = tracks.filter(({ kind }) => kind === 'video');
  const audio = tracks.filter(({ kind }) => kind === 'audio');
  const grid = gridOf(video.length);
  const fields = await Fields.draw(causesOf(video, from, to), grid, options.language, drawing);
  const total = slotsOf(from, to);
  let slots = 0;
  const onSlot = () => {
    slots += 1;
    onDone(slots / (total * Math.max(1, video.length)));
  };
  const common = { access, from, to, blank, ...(signal ? { signal } : {}) };
  const masks = new LetterMasks(drawing);
  const frames = video.map((track) =>
    pictures(track, {
      ...{ ...common, tile: grid, field: (cause) => fields.of(cause), onSlot },
      ...drawnOn(track, grid, masks, options),
    }),
  );
  const end = await runFfmpeg({
    args: [
      ...['-v', 'error', '-y', ...inputArgs(video.length, audio.length, grid, total)],
      ...['-filter_complex', await filters(options, video, audio.length, drawing)],
      ...[
        '-map',
        '[picture]',
        ...(audio.length > 0 ? ['-map', '[sound]', '-c:a', 'aac', '-b:a', '128k'] : []),
      ],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '21', '-pix_fmt', 'yuv420p', '-r', String(RATE)],
      ...[
        '-t',
        (total / RATE).toFixed(3),
        '-movflags',
        '+faststart',
        '-map_metadata',
        '-1',
        '-f',
        'mp4',
        file,
      ],
    ],
    inputs: [...frames, ...audio.map((track) => sound(track, common))],
    cwd: work,
    lowPriority: true,
    stallMs: 300_000,
    ...(signal ? { signal } : {}),
  });
  if (end.code !== 0)
    throw new AppError(
      'export-failed',
      `The copy for viewing could not be made: ${end.errors.slice(-3).join(' ')}`,
      {
        whatToDo: 'Look at free disk space; the clips and their proofs can be made without it.',
      },
    );
  return { hasWords: drawing !== undefined };
}

function drawnOn({ trackId }: ManifestTrack, tile: Size, masks: LetterMasks, options: ViewOptions) {
  const { drawn, showMarks = true, manifest, access, from } = options;
  if (!showMarks || drawn.length === 0) return {};
  return { drawn: new DrawnOnTrack({ manifest, access, drawn, trackId, from, tile, masks }) };
}

function causesOf(video: readonly ManifestTrack[], from: number, to: number): Set<FieldCause> {
  const causes = video.flatMap((track) => planTrack(track, from, to).flatMap(({ cause }) => cause ?? []));
  return new Set<FieldCause>([...causes, 'damaged']);
}

function inputArgs(video: number, audio: number, { width, height }: Size, total: number): string[] {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', `${width}x${height}`, '-r', String(RATE)];
  const queue = ['-thread_queue_size', '8'];
  const pipe = (index: number) => ['-i', `pipe:${index + 3}`];
  const black = `color=c=black:s=${width}x${height}:r=${RATE}:d=${(total / RATE).toFixed(3)}`;
  return [
    ...Array.from({ length: video }, (_, index) => [...queue, ...raw, ...pipe(index)]).flat(),
    ...Array.from({ length: audio }, (_, index) => [...queue, ...SOUND_INPUT, ...pipe(video + index)]).flat(),
    ...(video === 0 ? ['-f', 'lavfi', '-i', black] : []),
  ];
}

async function filters(
  options: ViewOptions,
  video: readonly ManifestTrack[],
  audio: number,
  drawing?: Drawing,
): Promise<string> {
  const { captions, labels } = options;
  const grid = gridOf(video.length);
  const chains: string[] = [];
  for (const [index, { trackId }] of video.entries()) {
    const style = { size: 22, x: '10', y: '10' };
    const name =
      captions && drawing ? await words(drawing, `name-${index}`, labels[trackId] ?? trackId, style) : 'null';
    chains.push(`[${index}:v]${name}[tile${index}]`);
  }
  const places = video.map((_, index) => {
    const [column, row] = [index % grid.columns, Math.floor(index / grid.columns)];
    return `${column * grid.width}_${row * grid.height}`;
  });
  const tiles = video.map((_, index) => `[tile${index}]`).join('');
  // Without pictures the black field, which is the last input, carries the words.
  if (video.length === 0) chains.push(`[${audio}:v]null[tiles]`);
  else if (video.length === 1) chains.push('[tile0]null[tiles]');
  else chains.push(`${tiles}xstack=inputs=${video.length}:layout=${places.join('|')}:fill=black[tiles]`);
  const foot = await footFilters(options, drawing);
  chains.push(`[tiles]pad=iw:ih+${FOOT}:0:0:black${foot.map((filter) => `,${filter}`).join('')}[picture]`);
  if (audio > 0) {
    const inputs = Array.from({ length: audio }, (_, index) => `[${video.length + index}:a]`).join('');
    chains.push(`${inputs}amix=inputs=${audio}:normalize=0,alimiter=limit=0.95:level=0[sound]`);
  }
  return chains.join(';');
}

async function footFilters(options: ViewOptions, drawing?: Drawing): Promise<string[]> {
  if (!drawing) return [];
  const { captions, from, to, language, manifest, blank, tracks } = options;
  const foot: string[] = [];
  const y = `h-${FOOT}+(${FOOT}-th)/2`;
  if (captions) {
    const offset = options.utcOffsetMinutes ?? -new Date(manifest.anchorUtc + from).getTimezoneOffset();
    const utc = (manifest.anchorUtc + from) / 1000 + offset * 60;
    const time = `%{pts:gmtime:${utc.toFixed(3)}:%Y-%m-%d %H\\:%M\\:%S} ${zoneOf(offset)}`;
    foot.push(await clock(drawing, 'wall-clock', time, { size: 22, x: '10', y }));
    const room = `${WORDS.roomClock[language]} %{pts:hms:${(from / 1000).toFixed(3)}}`;
    foot.push(await clock(drawing, 'room-clock', room, { size: 22, x: 'w-tw-10', y }));
  }
  const notices = [
    ['video', 'pictureBlanked', '(w-tw)/2'],
    ['audio', 'soundBlanked', '(w-tw)/2'],
  ] as const;
  for (const [kind, word, x] of notices) {
    const times = timesOf(blank, kind, tracks, from, to);
    const above = kind === 'audio' ? `h-${FOOT}-th-10` : y;
    const style: TextStyle = { size: 22, x, y: above, times };
    if (times.length > 0) foot.push(await words(drawing, `blank-${kind}`, WORDS[word][language], style));
  }
  const marks = captions ? marksFile({ marks: options.marks, from, to }, gridOf(tracks.length)) : undefined;
  if (marks !== undefined) {
    await writeFile(join(drawing.folder, 'marks.ass'), marks, { mode: 0o600 });
    foot.push('ass=marks.ass');
  }
  return foot;
}

/** Seconds of the export in which something of a kind is blanked. */
function timesOf(
  blank: readonly Blanking[],
  kind: Blanking['kind'],
  tracks: readonly ManifestTrack[],
  from: number,
  to: number,
) {
  return blank
    .filter((each) => each.kind === kind && tracks.some(({ trackId }) => trackId === each.trackId))
    .filter((each) => each.to > from && each.from < to)
    .map((each) => ({ from: Math.max(0, (each.from - from) / 1000 - 0.04), to: (each.to - from) / 1000 }));
}

/** `UTC+08:00` */
function zoneOf(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
