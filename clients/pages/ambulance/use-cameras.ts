/** Opens and publishes the vehicle's cameras; each failure is told, none stops the others. */
import { useCallback, useState } from 'preact/hooks';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { CaptureDevice, LocalSource, PrecheckResult } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';
import { type PlannedCamera, planCameras, startBitrateFor } from './camera-plan.ts';

export interface Cameras {
  readonly sources: readonly LocalSource[];
  readonly busy: boolean;
  /** Opens every planned camera that is not open yet. */
  openAll(check: PrecheckResult | undefined): Promise<void>;
  /** Opens one more. */
  add(device: CaptureDevice): Promise<void>;
  /** Cameras that are not open, by asking the browser now. */
  others(): Promise<readonly CaptureDevice[]>;
}

export function useCameras(): Cameras {
  const services = useServices();
  const { session, local } = useRoom();
  const [busy, setBusy] = useState(false);
  const sources = local.value.filter((each) => each.kind === 'video' && each.status !== 'closed');
  const open = useCallback(
    async (camera: PlannedCamera, startBitrate: number | undefined) => {
      const capture = await services.capture();
      const { deviceId, contentHint } = camera;
      const wanted = deviceId === '' ? { facing: 'environment' as const } : { deviceId };
      const captured = await capture.openCamera({ ...wanted, contentHint });
      const info: SourceInfo = {
        role: camera.role,
        label: camera.label,
        patientId: camera.role === 'overview' ? 'scene' : defaultPatient(session.state),
        contentHint,
        ...(captured.width === undefined ? {} : { width: captured.width }),
        ...(captured.height === undefined ? {} : { height: captured.height }),
      };
      await session.publish(captured.track, info, startBitrate === undefined ? {} : { startBitrate });
    },
    [services, session],
  );
  const unnamed = (n: number) => t('cameras.unnamed', { n });
  const isOpen = (deviceId: string) =>
    session.localSources.some(
      (each) => each.status !== 'closed' && each.track.getSettings().deviceId === deviceId,
    );
  const openThese = async (planned: readonly PlannedCamera[], measuredUp: number | undefined) => {
    setBusy(true);
    const startBitrate = startBitrateFor(measuredUp, planned.length);
    for (const camera of planned) {
      try {
        await open(camera, startBitrate);
      } catch (error) {
        tell(t('cameras.failed', { name: camera.label, why: errorText(error) }), 'bad');
      }
    }
    setBusy(false);
  };
  const listed = async () => {
    const capture = await services.capture();
    return (await capture.listDevices()).filter((device) => device.kind === 'camera');
  };
  return {
    sources,
    busy,
    openAll: async (check) => {
      const cameras = check?.cameras ?? (await listed());
      const planned = planCameras(cameras, unnamed).filter((camera) => !isOpen(camera.deviceId));
      await openThese(planned, check?.upBitrate);
    },
    add: (device) => openThese(planCameras([{ ...device, kind: 'camera' }], unnamed), undefined),
    others: async () => (await listed()).filter((device) => !isOpen(device.deviceId)),
  };
}
