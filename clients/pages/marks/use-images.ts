/** Shared images of the room as pictures to be painted; each is fetched once and kept while the room is open. */
import { useMemo } from 'preact/hooks';
import { useRoom } from '../live/live-room.ts';

/** The path under which people at work read a shared image. */
export function imagePath(roomId: string, imageId: string): string {
  return `/api/rooms/${encodeURIComponent(roomId)}/images/${encodeURIComponent(imageId)}`;
}

export interface RoomImages {
  /** Undefined until it is loaded; `loaded` is called then. */
  get(imageId: string, loaded: () => void): HTMLImageElement | undefined;
}

export function createImages(roomId: string): RoomImages {
  const known = new Map<string, HTMLImageElement>();
  return {
    get(imageId, loaded) {
      const image = known.get(imageId);
      if (image !== undefined) return image.complete && image.naturalWidth > 0 ? image : undefined;
      const made = new Image();
      made.addEventListener('load', loaded, { once: true });
      // A picture that could not be loaded is asked for again the next time somebody shows it.
      made.addEventListener('error', () => known.delete(imageId), { once: true });
      made.src = imagePath(roomId, imageId);
      known.set(imageId, made);
      return undefined;
    },
  };
}

export function useImages(): RoomImages {
  const { roomId } = useRoom().session;
  return useMemo(() => createImages(roomId), [roomId]);
}
