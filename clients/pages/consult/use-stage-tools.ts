/** Snapshot, picture in picture and full screen of the main picture, where the browser has them. */

import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RemoteSource } from '../../core/types.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { start, tell } from '../../ui/announcer.tsx';
import { download } from '../../ui/download.ts';
import { useRoom } from '../live/live-room.ts';
import { sourceName } from '../live/source-name.ts';
import { snapshotName, takeSnapshot } from './snapshot.ts';

export interface StageTools {
  readonly snapshot: () => void;
  /** Undefined where the browser has none, such as full screen for elements on an iPhone. */
  readonly pip: (() => void) | undefined;
  readonly full: (() => void) | undefined;
  readonly isFull: boolean;
}

function useIsFull(): boolean {
  const [isFull, setIsFull] = useState(false);
  useEffect(() => {
    const read = () => setIsFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', read);
    return () => document.removeEventListener('fullscreenchange', read);
  }, []);
  return isFull;
}

export function useStageTools(
  source: RemoteSource | undefined,
  video: RefObject<HTMLVideoElement | null>,
  page: RefObject<HTMLElement | null>,
): StageTools {
  const { session, state } = useRoom();
  const isFull = useIsFull();
  const snapshot = async () => {
    if (source === undefined) return;
    const still =
      source.freshness === 'still' ? document.querySelector<HTMLImageElement>('.stage-move img') : null;
    const element = still ?? video.current;
    if (element === null) return;
    const size =
      element instanceof HTMLVideoElement
        ? { width: element.videoWidth, height: element.videoHeight }
        : { width: element.naturalWidth, height: element.naturalHeight };
    if (size.width === 0) {
      tell(t('snapshot.noPicture'), 'bad');
      return;
    }
    const utc = Date.now() - (source.frameAgeMs ?? 0);
    const drill = state.value.drill ? `${t('drill.short')} · ` : '';
    const caption = `${drill}${state.value.title} · ${sourceName(source.info.label)} · ${source.info.patientId} · ${formatDateTime(utc)}`;
    download(
      await takeSnapshot(element, size, caption),
      snapshotName(session.roomId, source.producerId, utc),
    );
    tell(t('snapshot.taken'), 'good');
  };
  const pip = async () => {
    if (document.pictureInPictureElement !== null) await document.exitPictureInPicture();
    else await video.current?.requestPictureInPicture();
  };
  const full = async () => {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await page.current?.requestFullscreen();
  };
  const hasPip = typeof document.exitPictureInPicture === 'function' && document.pictureInPictureEnabled;
  return {
    snapshot: () => start(snapshot),
    pip: hasPip ? () => start(pip) : undefined,
    full: document.fullscreenEnabled ? () => start(full) : undefined,
    isFull,
  };
}
