/** What is asked of the thread that reads packages, and what it answers. */
import * as z from 'zod/mini';
import { RecordingHead } from '../../signaling/protocol/recorder-http.ts';
import { PURPOSES, Purpose, SegmentList } from '../../signaling/protocol/recordings.ts';
import { Id } from '../../signaling/protocol/values.ts';
import type { PackageView } from './package-view.ts';

const Range = z.strictObject({ from: z.number(), to: z.number() });
const File = z.strictObject({
  file: z.string(),
  contentType: z.string(),
  encrypted: z.boolean(),
  time: z.optional(Range),
});

export const Question = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('head'), purposes: z.array(Purpose).check(z.maxLength(PURPOSES.length)) }),
  z.strictObject({ ask: z.literal('window'), trackId: Id, ...Range.shape }),
  z.strictObject({ ask: z.literal('file'), path: z.string() }),
  z.strictObject({ ask: z.literal('track'), trackId: Id, fillId: z.optional(z.string()) }),
  z.strictObject({ ask: z.literal('standing') }),
]);
export type Question = z.infer<typeof Question>;

/** What a track needs, up to which room time it is known, and whether it has a fill already. */
export const TrackStanding = z.strictObject({
  missing: z.array(Range),
  knownTo: z.number(),
  hasFill: z.boolean(),
});
export const Standing = z.strictObject({
  state: z.enum(['recording', 'ended', 'checked', 'sealed']),
  blobs: z.array(z.string()),
});

/** Answers by question; `null` where there is no such track or file. */
export const ANSWERS = {
  head: RecordingHead,
  window: z.nullable(SegmentList),
  file: z.nullable(File),
  track: z.nullable(TrackStanding),
  standing: Standing,
} as const;

export const Asked = z.strictObject({ id: z.int(), roomId: Id, question: Question });
export const Answered = z.union([
  z.strictObject({ id: z.int(), answer: z.unknown() }),
  z.strictObject({ id: z.int(), code: z.string(), message: z.string() }),
]);

export function answerOf(view: PackageView, question: Question): unknown {
  switch (question.ask) {
    case 'head':
      return view.head(question.purposes);
    case 'window':
      return view.window(question.trackId, question.from, question.to) ?? null;
    case 'file':
      return view.file(question.path) ?? null;
    case 'track': {
      const { trackId, fillId } = question;
      if (!view.has(trackId)) return null;
      const hasFill = fillId !== undefined && view.fill(trackId, fillId) !== undefined;
      return { missing: view.missing(trackId), knownTo: view.knownTo(trackId), hasFill };
    }
    case 'standing': {
      const { state, blobs } = view.manifest;
      return { state, blobs: blobs.map(({ sha256 }) => sha256) };
    }
  }
}
