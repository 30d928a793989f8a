/** What an export is asked for, and what it answers. */
import type { TimedFact } from '../../ar-annotations/replay/scene-replay.ts';
import type { Blanking, ExportRequest } from '../../signaling/protocol/recordings.ts';
import type { PlainAccess } from '../seal/plain.ts';

export type Language = ExportRequest['language'];
export type { Blanking };

export interface ExportOptions extends ExportRequest {
  /** The package; it must be sealed, or there is nothing to prove. */
  readonly folder: string;
  /** Made by the export, where nothing may stand yet; everything lies in it. */
  readonly out: string;
  readonly access: PlainAccess;
  /** Who asked for it, and under which purpose. */
  readonly by: string;
  readonly purpose: string;
  /** What the recording is called. */
  readonly title: string;
  /** By track: what it shows and who sent it, from the decrypted log. Without one the track's id stands there. */
  readonly labels: Readonly<Record<string, string>>;
  /** Facts in words, shown in the picture when they happened. */
  readonly marks: readonly { readonly at: number; readonly text: string }[];
  /** Facts of the marks that people drew, in the order of the log; shown in the pictures unless `showMarks` is false. */
  readonly drawn: readonly TimedFact[];
  /** Who had the recording in hand before, from the audit. */
  readonly custody: readonly { readonly utc: number; readonly action: string; readonly who: string }[];
  /** Minutes to add to UTC for the wall clock in the picture; that of this machine unless given. */
  readonly utcOffsetMinutes?: number;
  readonly now?: () => number;
}

/** 0 to 1, and what is being done, as a code to translate. */
export type OnProgress = (done: number, step: ExportStep) => void;
export type ExportStep = 'clips' | 'picture' | 'pages';

export interface ExportedFile {
  /** Inside the folder of the export. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly what: 'view' | 'clip' | 'proof' | 'custody' | 'page';
}

export interface ExportResult {
  readonly folder: string;
  readonly files: readonly ExportedFile[];
  /** What could not be done as asked: `no-font` (no words in the picture), `no-keyframe` is a gap and no note. */
  readonly notes: readonly 'no-font'[];
  /** Milliseconds of the picture asked for that no segment or fill of the tracks holds, by track. */
  readonly missing: Readonly<Record<string, number>>;
}
