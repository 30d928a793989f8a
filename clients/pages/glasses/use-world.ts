/** World tracking of a headset or phone that has it: begun by a press, over when the device says so. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { canTrackWorld, startWorld, type World } from '../../core/xr/index.ts';
import { act } from '../../ui/announcer.tsx';

export interface WorldSwitch {
  readonly world: World | undefined;
  readonly isAble: boolean;
  switchOver(): Promise<void>;
}

export function useWorld(): WorldSwitch {
  const [world, setWorld] = useState<World>();
  const [isAble, setAble] = useState(false);
  useEffect(() => {
    let left = false;
    canTrackWorld().then(
      (able) => {
        if (!left) setAble(able);
      },
      () => setAble(false),
    );
    return () => {
      left = true;
    };
  }, []);
  useEffect(() => () => world?.close(), [world]);
  const switchOver = useCallback(async () => {
    if (world) return setWorld(undefined);
    await act(async () => setWorld(await startWorld(document.body, () => setWorld(undefined))));
  }, [world]);
  return { world, isAble, switchOver };
}
