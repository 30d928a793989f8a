/** Keys of pictures that the consult page and the dispatcher's page share. */
import type { RemoteSource } from '../../core/types.ts';
import type { StageTools } from './use-stage-tools.ts';
import type { ZoomControl } from './use-zoom.ts';

export interface PictureKeys {
  readonly pictures: readonly RemoteSource[];
  readonly main: RemoteSource | undefined;
  readonly zoom: ZoomControl;
}

/** A digit makes that picture large; the large one is zoomed and moved. Answers whether the key was one of these. */
export function pictureKey(
  key: string,
  { pictures, main, zoom }: PictureKeys,
  choose: (producerId: string) => void,
): boolean {
  const number = Number(key);
  const tile = Number.isInteger(number) && number > 0 ? pictures[number - 1] : undefined;
  if (tile === undefined) return main !== undefined && zoom.onKey(key);
  choose(tile.producerId);
  return true;
}

/** Full screen, picture in picture, snapshot of the large picture. Answers whether the key was one of these. */
export function stageKey(name: string, tools: StageTools): boolean {
  if (name === 'f') tools.full?.();
  else if (name === 'p') tools.pip?.();
  else if (name === 's') tools.snapshot();
  else return false;
  return true;
}
