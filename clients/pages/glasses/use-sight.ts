/** How the wearer sees marks, and the calibration that is kept on this device for it. */
import { useCallback, useState } from 'preact/hooks';
import { readPreference, writePreference } from '../../storage/preferences.ts';
import { useNow } from '../../ui/hooks.ts';
import { type Calibration, isUsable, parseCalibration } from './calibration.ts';
import { nextSight, type Sight, sightOf } from './sight.ts';

const LOOK_MS = 60_000;

export interface SightSwitch {
  readonly sight: Sight;
  /** What comes next: it stands on the key. */
  readonly next: Sight['kind'];
  readonly calibration: Calibration | undefined;
  switchOver(): void;
  /** Keeps a finished calibration, good or bad: a bad one ends an older one that no longer holds. */
  keep(calibration: Calibration): void;
}

export function useSight(): SightSwitch {
  const [calibration, setCalibration] = useState(() => parseCalibration(readPreference('sight')));
  const [wanted, setWanted] = useState<Sight['kind']>('camera');
  const looked = useNow(LOOK_MS);
  // The time of the last look may be older than a calibration that was just made; a clock that was set back is not.
  const made = calibration?.checkedUtc ?? 0;
  const now = looked < made && looked >= made - LOOK_MS ? made : looked;
  const sight = sightOf(wanted, calibration, now);
  const next = nextSight(sight.kind, isUsable(calibration, now));
  return {
    sight,
    next,
    calibration,
    switchOver: useCallback(() => setWanted(next), [next]),
    keep: useCallback((finished: Calibration) => {
      writePreference('sight', JSON.stringify(finished));
      setCalibration(finished);
    }, []),
  };
}
