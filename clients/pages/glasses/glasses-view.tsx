/** What the wearer sees while live: the camera's picture with the marks on it, one notice, one command. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { sendsAudio } from '../../../signaling/protocol/units.ts';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { RoomEnd } from '../live/connection-line.tsx';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient, nameOf } from '../live/names.ts';
import { waitingOrders } from '../live/orders-view.ts';
import { RoomSound } from '../live/room-sound.tsx';
import { type OwnMedia, useVoice } from '../live/use-own-media.ts';
import { Calibrate } from './calibrate.tsx';
import { CommandBar } from './command-bar.tsx';
import { Notice } from './notice.tsx';
import { Picture } from './picture.tsx';
import { StatusLine } from './status-line.tsx';
import { useCommands } from './use-commands.ts';
import { useGlassesCamera } from './use-glasses-camera.ts';
import { useGrab } from './use-grab.ts';
import { useReport } from './use-report.ts';
import { useRoomEnd } from './use-room-end.ts';
import { useSight } from './use-sight.ts';
import { useStanding } from './use-standing.ts';
import { useWearerMarks } from './use-wearer-marks.ts';
import { useWorld } from './use-world.ts';

const DIM_STEPS = 3;
/** What the room is told of each way of seeing. */
const DISPLAYS = { camera: 'camera', black: 'head-locked', through: 'see-through' } as const;

const HINTS = {
  camera: () => t('glasses.hold'),
  black: () => t('glasses.black'),
  through: () => t('glasses.lookThrough'),
};

/** Opens the microphone once, unless another device of the unit has the sound. */
function useFirstWords(microphone: OwnMedia): void {
  const { session, state } = useRoom();
  const begun = useRef(false);
  const isOpen = state.value.phase === 'open';
  useEffect(() => {
    if (begun.current || !isOpen) return;
    begun.current = true;
    if (sendsAudio(session.state, session.peerId)) start(() => microphone.set(true));
  }, [isOpen, session, microphone]);
}

function Live(): JSX.Element {
  const { state } = useRoom();
  const camera = useGlassesCamera();
  const microphone = useVoice(defaultPatient(state.value));
  const [dim, setDim] = useState(0);
  const [calibrating, setCalibrating] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const grab = useGrab(video);
  const sight = useSight();
  const seen = sight.sight.kind;
  const canvas = useRef<HTMLCanvasElement>(null);
  const world = useWorld();
  const marks = useWearerMarks(camera.source, canvas, sight.sight, world.world);
  const standing = useStanding(camera.source);
  const { keys, current, voice, next } = useCommands({
    standing,
    microphone,
    sight,
    world,
    dim: () => setDim((step) => (step + 1) % DIM_STEPS),
    calibrate: () => setCalibrating(true),
    paused: calibrating,
  });
  const { torch, battery } = standing;
  const drawing = [...(marks?.drawing.keys() ?? [])].map((peerId) => nameOf(state.value, peerId) ?? '–');
  // Where no mark of the patient is shown, none is missed.
  const lost = seen !== 'black' && (marks?.unseen.some(({ state: how }) => how === 'lost') ?? false);
  useReport({
    torch,
    display: DISPLAYS[seen],
    ...(sight.calibration === undefined ? {} : { calibrationErrorPercent: sight.calibration.error * 100 }),
    tracking: marks === undefined || marks.tracking === 'unable' ? 'none' : world.world ? 'world' : 'picture',
    ...(voice === undefined ? {} : { voice }),
    ...(battery === undefined ? {} : { battery }),
  });
  useFirstWords(microphone);
  return (
    <main class={`glasses dim-${dim} sees-${seen}${drawing.length === 0 ? '' : ' drawn-on'}`} id="main">
      <Picture track={camera.source?.track} video={video}>
        <canvas ref={canvas} />
      </Picture>
      <StatusLine battery={battery} drawing={drawing} lost={lost} />
      <RoomSound />
      <Notice order={waitingOrders(state.value)[0]} cameraProblem={camera.problem} />
      {calibrating ? (
        <Calibrate grab={grab} onMade={sight.keep} onClose={() => setCalibrating(false)} />
      ) : (
        <footer class="glasses-foot">
          <p class="glasses-hint">
            {camera.source === undefined && camera.problem === undefined
              ? t('glasses.cameraOpening')
              : marks?.isOff === true
                ? t('glasses.marksOff')
                : HINTS[seen]()}
          </p>
          <CommandBar keys={keys} current={current} onNext={next} />
        </footer>
      )}
    </main>
  );
}

export function GlassesView(props: { onReleased: () => void }): JSX.Element {
  const { connection } = useRoom();
  useRoomEnd(props.onReleased);
  const { status } = connection.value;
  if (status === 'refused' || status === 'ended')
    return <RoomEnd home={{ path: '/glasses', label: t('glasses.title') }} />;
  return <Live />;
}
