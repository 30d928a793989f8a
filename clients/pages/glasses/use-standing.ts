/** What the glasses can and do now: light, battery, screen kept awake. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { keepAwake, watchBattery } from '../../core/device/standing.ts';
import { applyControls, hasTorch } from '../../core/device/track-controls.ts';
import type { LocalSource } from '../../core/types.ts';
import { act } from '../../ui/announcer.tsx';

export interface DeviceStanding {
  readonly torch: 'on' | 'off' | 'unsupported';
  readonly battery: { readonly level: number; readonly charging: boolean } | undefined;
  switchTorch(): Promise<void>;
}

export function useStanding(source: LocalSource | undefined): DeviceStanding {
  const [torch, setTorch] = useState<DeviceStanding['torch']>('unsupported');
  const [battery, setBattery] = useState<DeviceStanding['battery']>();
  useEffect(() => keepAwake(() => undefined), []);
  useEffect(
    () =>
      watchBattery((report) => {
        if (report.battery) setBattery(report.battery);
      }),
    [],
  );
  const track = source?.track;
  useEffect(() => {
    setTorch(track !== undefined && hasTorch(track) ? 'off' : 'unsupported');
  }, [track]);
  const switchTorch = useCallback(async () => {
    if (track === undefined || torch === 'unsupported') return;
    const wanted = torch === 'off';
    await act(async () => {
      const isAsWanted = await applyControls(track, { torch: wanted });
      if (isAsWanted) setTorch(wanted ? 'on' : 'off');
    });
  }, [track, torch]);
  return { torch, battery, switchTorch };
}
