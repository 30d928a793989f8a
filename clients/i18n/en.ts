/** English. The keys of this dictionary are the keys of every language. */
import { enCare } from './en-care.ts';
import { enCpr } from './en-cpr.ts';
import { enDispatch } from './en-dispatch.ts';
import { enEntry } from './en-entry.ts';
import { enGlasses } from './en-glasses.ts';
import { enGuidance } from './en-guidance.ts';
import { enMarks } from './en-marks.ts';
import { enRecording } from './en-recording.ts';
import { enReview } from './en-review.ts';
import { enRoom } from './en-room.ts';

export const en = {
  ...enEntry,
  ...enRoom,
  ...enCare,
  ...enDispatch,
  ...enCpr,
  ...enGuidance,
  ...enGlasses,
  ...enMarks,
  ...enReview,
  ...enRecording,
};
