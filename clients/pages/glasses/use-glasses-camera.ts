/** The camera of the glasses: opened and published once the room is open, and again after it was taken away. */
import { useEffect, useState } from 'preact/hooks';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import type { LocalSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { errorText } from '../../ui/error-text.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';

const AGAIN_MS = 3000;
/** 4K at a head's movement is noise; what is looked at closely comes as a still from the full sensor. */
const LINES = 1080;

export interface GlassesCamera {
  readonly source: LocalSource | undefined;
  /** Why there is none, in words; it is tried again by itself. */
  readonly problem: string | undefined;
}

export function useGlassesCamera(): GlassesCamera {
  const services = useServices();
  const { session, state, local } = useRoom();
  const [problem, setProblem] = useState<string>();
  const source = local.value.find((each) => each.info.role === 'glasses' && each.status !== 'closed');
  const isOpen = state.value.phase === 'open';
  const producerId = source?.producerId;
  useEffect(() => {
    if (!isOpen || producerId !== undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const open = async () => {
      try {
        const capture = await services.capture();
        const { track, width, height } = await capture.openCamera({ facing: 'environment', height: LINES });
        if (stopped) return track.stop();
        const info: SourceInfo = {
          role: 'glasses',
          label: t('glasses.deviceName'),
          patientId: defaultPatient(session.state),
          contentHint: 'motion',
          ...(width === undefined || height === undefined ? {} : { width, height }),
        };
        await session.publish(track, info, { keepFrames: true });
        setProblem(undefined);
      } catch (error) {
        if (stopped) return;
        setProblem(errorText(error));
        timer = setTimeout(() => void open(), AGAIN_MS);
      }
    };
    void open();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [services, session, isOpen, producerId]);
  useEffect(
    () => source?.on('trackEnded', () => void source.close('camera-gone').catch(() => undefined)),
    [source],
  );
  return { source, problem };
}
