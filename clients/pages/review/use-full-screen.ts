/** Full screen of one element; undefined where the browser has none (iPhone). */
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { start } from '../../ui/announcer.tsx';

export function useFullScreen(
  element: RefObject<HTMLElement | null>,
): { on: boolean; toggle: () => void } | undefined {
  const [on, setOn] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const read = () => setOn(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', read);
    return () => document.removeEventListener('fullscreenchange', read);
  }, []);
  if (!document.fullscreenEnabled) return undefined;
  return {
    on,
    toggle: () =>
      start(async () => {
        if (document.fullscreenElement === null) await element.current?.requestFullscreen();
        else await document.exitFullscreen();
      }),
  };
}
