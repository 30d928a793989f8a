/** Marks in the SDK: drawing and seeing them (`createMarks`), and following them on a camera of this device (`createWearerMarks`). */
export { anchorOn, regionAround } from './anchor.ts';
export { GreyCanvas } from './grey.ts';
export type { Located, LocatedPose, Locator, LocatorEvents } from './locator.ts';
export { createMarks } from './mark-session.ts';
export { createPictureLocator } from './picture-locator.ts';
export { namePictures } from './picture-namer.ts';
export type { MarkRoom, SceneAnchor } from './room.ts';
export type * from './types.ts';
export { createWearerMarks, type WearerMarks, type WearerOptions } from './wearer.ts';
