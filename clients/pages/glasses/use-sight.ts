/**
 * How the wearer sees marks: over the camera's picture, or on the world itself through the display. The second only with a
 * calibration that was checked at the eye and is still believed; it falls back by itself when that is over.
 */
import { useCallback, useState } from 'preact/hooks';
import { readPreference, writePreference } from '../../storage/preferences.ts';
import { useNow } from '../../ui/hooks.ts';
import { type Calibration, isUsable, parseCalibration } from './calibration.ts';

export interface Sight {
  /** Present while marks lie on the world. */
  readonly through: Calibration | undefined;
  readonly mayLookThrough: boolean;
  readonly calibration: Calibration | undefined;
  switchOver(): void;
  /** Keeps a finished calibration, good or bad: a bad one ends an older one that no longer holds. */
  keep(calibration: Calibration): void;
}

export function useSight(): Sight {
  const [calibration, setCalibration] = useState(() => parseCalibration(readPreference('sight')));
  const [wanted, setWanted] = useState(false);
  const now = useNow(60_000);
  const usable = isUsable(calibration, Math.max(now, calibration?.checkedUtc ?? 0)) ? calibration : undefined;
  const keep = useCallback((made: Calibration) => {
    writePreference('sight', JSON.stringify(made));
    setCalibration(made);
  }, []);
  return {
    through: wanted ? usable : undefined,
    mayLookThrough: usable !== undefined,
    calibration,
    switchOver: useCallback(() => setWanted((old) => !old), []),
    keep,
  };
}
