/** Which cameras go live by themselves, and as what. Pure. */
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { CaptureDevice } from '../../core/types.ts';

/** More encoders than this starve each other on a tablet. */
export const MOST_CAMERAS = 4;

export interface PlannedCamera {
  readonly deviceId: string;
  readonly label: string;
  readonly role: SourceInfo['role'];
  readonly contentHint: 'motion' | 'detail';
}

/** Capture cards and monitor feeds say so in their names. */
const monitorNames = /monitor|hdmi|capture|grabber|监护|采集/i;

/**
 * A phone opens one camera at a time, the rear one; a vehicle's computer opens all, the one with most lines first,
 * which shows the patient. `unnamed` labels a camera whose name the browser does not tell.
 */
export function planCameras(
  cameras: readonly CaptureDevice[],
  unnamed: (n: number) => string,
): readonly PlannedCamera[] {
  const isPhone = cameras.some((camera) => camera.facing !== undefined);
  const rear = cameras.find((camera) => camera.facing === 'environment') ?? cameras[0];
  const chosen = isPhone
    ? cameras.filter((camera) => camera === rear)
    : [...cameras].sort((a, b) => (b.maxHeight ?? 0) - (a.maxHeight ?? 0)).slice(0, MOST_CAMERAS);
  let patientTaken = false;
  return chosen.map((camera, index) => {
    const isMonitor = monitorNames.test(camera.label);
    const role = isMonitor ? 'monitor' : patientTaken ? 'overview' : 'patient';
    if (role === 'patient') patientTaken = true;
    return {
      deviceId: camera.deviceId,
      label: plainName(camera.label) || unnamed(index + 1),
      role,
      contentHint: isMonitor ? 'detail' : 'motion',
    };
  });
}

/** Browsers add USB ids such as "(046d:085b)", and name a file by its path; neither means anything to a doctor. */
function plainName(label: string): string {
  return /[\\/]/.test(label) ? '' : label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)\s*$/i, '').slice(0, 120);
}

/** What each of `count` cameras may start with out of the measured uplink; voice and growth keep a fifth. */
export function startBitrateFor(measuredUp: number | undefined, count: number): number | undefined {
  if (measuredUp === undefined || count < 1) return undefined;
  return Math.round((measuredUp * 0.8) / count);
}
