/**
 * The camera of the glasses: opened and published once the room is open, under an id that outlives a reload, since marks lie on it;
 * another track takes its place after it was taken away.
 */
import { useEffect, useState } from 'preact/hooks';
import type { SourceInfo } from '../../../signaling/protocol/media.ts';
import { newId } from '../../core/ids.ts';
import type { Captured, LocalSource } from '../../core/types.ts';
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

/** One for this tab and room. */
function producerIdFor(roomId: string): string {
  const key = `goldenhour.glasses.${roomId}`;
  try {
    const kept = sessionStorage.getItem(key) ?? newId();
    sessionStorage.setItem(key, kept);
    return kept;
  } catch {
    // Storage that is switched off: marks then end with a reload.
    return newId();
  }
}

/** Opens the camera again and again until it is there and `done` has taken it, or the function it answers is called. */
function keepOpening(
  open: () => Promise<Captured>,
  done: (captured: Captured) => Promise<void>,
  failed: (error: unknown) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const attempt = async () => {
    try {
      const captured = await open();
      if (stopped) return captured.track.stop();
      await done(captured);
    } catch (error) {
      if (stopped) return;
      failed(error);
      timer = setTimeout(() => void attempt(), AGAIN_MS);
    }
  };
  void attempt();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

export function useGlassesCamera(): GlassesCamera {
  const services = useServices();
  const { session, state, local } = useRoom();
  const [problem, setProblem] = useState<string>();
  const [gone, setGone] = useState(false);
  const source = local.value.find((each) => each.info.role === 'glasses' && each.status !== 'closed');
  const isOpen = state.value.phase === 'open';
  useEffect(() => source?.on('trackEnded', () => setGone(true)), [source]);
  useEffect(() => {
    if (!isOpen || (source !== undefined && !gone)) return undefined;
    const publish = async ({ track, width, height }: Captured) => {
      const info: SourceInfo = {
        role: 'glasses',
        label: t('glasses.deviceName'),
        patientId: defaultPatient(session.state),
        contentHint: 'motion',
        ...(width === undefined || height === undefined ? {} : { width, height }),
      };
      const producerId = producerIdFor(session.roomId);
      await session.publish(track, info, { keepFrames: true, producerId });
    };
    return keepOpening(
      async () => (await services.capture()).openCamera({ facing: 'environment', height: LINES }),
      async (captured) => {
        await (source === undefined ? publish(captured) : source.replaceTrack(captured.track));
        setProblem(undefined);
        setGone(false);
      },
      (error) => setProblem(errorText(error)),
    );
  }, [services, session, isOpen, source, gone]);
  return { source, problem };
}
