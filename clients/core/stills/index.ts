/** Stills at full resolution: what pages import. */
export { fetchStill } from './fetch-still.ts';
export { createFrameRing } from './frame-ring.ts';
export { keepStill } from './keep-still.ts';
export type * from './types.ts';
