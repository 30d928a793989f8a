/** 简体中文。 */
import { zhCare } from './zh-care.ts';
import { zhCpr } from './zh-cpr.ts';
import { zhDispatch } from './zh-dispatch.ts';
import { zhEntry } from './zh-entry.ts';
import { zhGlasses } from './zh-glasses.ts';
import { zhGuidance } from './zh-guidance.ts';
import { zhMarks } from './zh-marks.ts';
import { zhRecording } from './zh-recording.ts';
import { zhReview } from './zh-review.ts';
import { zhRoom } from './zh-room.ts';

export const zhCN = {
  ...zhEntry,
  ...zhRoom,
  ...zhCare,
  ...zhDispatch,
  ...zhCpr,
  ...zhGuidance,
  ...zhGlasses,
  ...zhMarks,
  ...zhReview,
  ...zhRecording,
};
