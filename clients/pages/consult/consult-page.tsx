/** The specialist's page: the main picture fills it, the rest stands beside it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { JoinOptions } from '../../core/types.ts';
import { signedIn } from '../../ui/me.ts';
import type { Route } from '../../ui/route.ts';
import { CatchUp } from '../live/catch-up.tsx';
import { DeviceDialog } from '../live/device-dialog.tsx';
import { JoinedRoom } from '../live/joined-room.tsx';
import { LeaveDialog } from '../live/leave-dialog.tsx';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';
import { maySpeak } from '../live/people-view.ts';
import { RoomFrame } from '../live/room-frame.tsx';
import { RoomSound } from '../live/room-sound.tsx';
import { ShortcutsDialog } from '../live/shortcuts-dialog.tsx';
import { mainPicture, orderPictures } from '../live/source-view.ts';
import { useFaceCamera, useVoice } from '../live/use-own-media.ts';
import { useFloorNews } from '../marks/floor-keys.tsx';
import { ImageStage } from '../marks/image-stage.tsx';
import { CameraStage, PictureStrip } from '../marks/stage-parts.tsx';
import { MarkToolbar } from '../marks/toolbar.tsx';
import { DrawingProvider, useDrawing } from '../marks/use-drawing.tsx';
import { useMarkStage } from '../marks/use-mark-stage.ts';
import { useToolBoard } from '../marks/use-tool-board.ts';
import { RingingCalls } from '../rooms/ringing-calls.tsx';
import { useRoomList } from '../rooms/use-room-list.ts';
import { ControlsBar } from './controls-bar.tsx';
import { RewindLink } from './rewind-link.tsx';
import { type PanelName, SidePanel } from './side-panel.tsx';
import { EmptyStage } from './stage.tsx';
import { useConsultKeys } from './use-consult-keys.ts';
import { useStageTools } from './use-stage-tools.ts';
import { useZoom } from './use-zoom.ts';

/** Calls from other rooms ring here too: a coordinator who consults is still on duty. */
function Ringing(): JSX.Element | null {
  const live = useRoomList();
  if (live.list === undefined) return null;
  return (
    <div class="calls-overlay">
      <RingingCalls list={live.list} calls={live.ringing} />
    </div>
  );
}

type DialogName = 'devices' | 'keys' | 'leave';

function OpenDialog(props: {
  which: DialogName | undefined;
  onClose: () => void;
  onLoudspeaker: (deviceId: string) => void;
}): JSX.Element | null {
  switch (props.which) {
    case 'devices':
      return <DeviceDialog onClose={props.onClose} onLoudspeaker={props.onLoudspeaker} />;
    case 'keys':
      return <ShortcutsDialog onClose={props.onClose} />;
    case 'leave':
      return <LeaveDialog onClose={props.onClose} />;
    default:
      return null;
  }
}

/** The large picture: a camera, or a shared image that was chosen. */
function useMain() {
  const room = useRoom();
  const [chosen, setChosen] = useState<string>();
  const pictures = orderPictures(room.remote.value.filter((source) => source.kind === 'video'));
  const { images } = room.state.value.marks;
  const image = images.find(({ imageId }) => imageId === chosen);
  const camera = mainPicture(pictures, chosen, room.state.value.spotlight);
  return { pictures, images, image, main: image === undefined ? camera : undefined, camera, setChosen };
}

function Consult(): JSX.Element {
  const room = useRoom();
  const page = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const picture = useRef<HTMLImageElement>(null);
  const [panel, setPanel] = useState<PanelName>('chat');
  const [patient, setPatient] = useState<string>();
  const [dialog, setDialog] = useState<DialogName>();
  const [loudspeaker, setLoudspeaker] = useState<string>();
  const { pictures, images, image, main, camera, setChosen } = useMain();
  const drawing = useDrawing();
  const zoom = useZoom(
    stage,
    image === undefined ? video : picture,
    image?.imageId ?? main?.producerId ?? '',
  );
  const tools = useStageTools(main, video, page);
  const voice = useVoice();
  const face = useFaceCamera();
  const speaks = maySpeak(room.session.role);
  const marks = useMarkStage(drawing, main?.producerId, video);
  const board = useToolBoard(drawing, marks, image);
  useFloorNews();
  useConsultKeys(
    { pictures, main, zoom, tools, own: speaks ? { voice, face } : undefined, marks: board?.keys },
    { setChosen, setPanel, setDialog },
  );
  return (
    <RoomFrame page="consult" tools={<RewindLink role={room.session.role} />}>
      <main class="consult-main" id="main" tabIndex={-1} ref={page}>
        <div class="stage">
          <RoomSound {...(loudspeaker === undefined ? {} : { loudspeaker })} />
          <div class="stage-row">
            <div class="stage-area">
              {image !== undefined && drawing !== undefined ? (
                <ImageStage
                  key={image.imageId}
                  {...{ image, drawing, stage, picture, zoom }}
                  onBack={camera === undefined ? undefined : () => setChosen(undefined)}
                />
              ) : main === undefined ? (
                <EmptyStage />
              ) : (
                <CameraStage key={main.producerId} source={main} {...{ stage, video, zoom, marks }} />
              )}
              <CatchUp />
            </div>
            {board?.isOpen === true ? <MarkToolbar {...board.toolbar} /> : null}
          </div>
          <PictureStrip
            pictures={pictures}
            images={images.filter((each) => each.shown || each.imageId === image?.imageId)}
            current={image?.imageId ?? main?.producerId}
            onSelect={setChosen}
          />
          <ControlsBar
            voice={speaks ? voice : undefined}
            face={speaks ? face : undefined}
            zoom={zoom}
            tools={tools}
            hasPicture={main !== undefined}
            draw={board}
            telephone={room.session.role === 'dispatcher'}
            onDevices={() => setDialog('devices')}
            onKeys={() => setDialog('keys')}
            onLeave={() => setDialog('leave')}
          />
        </div>
        <SidePanel
          current={panel}
          onChange={setPanel}
          patientId={patient ?? main?.info.patientId ?? defaultPatient(room.state.value)}
          onPatient={setPatient}
          producerId={main?.producerId}
          onOpenImage={setChosen}
        />
      </main>
      {signedIn()?.kind === 'person' ? <Ringing /> : null}
      <OpenDialog which={dialog} onClose={() => setDialog(undefined)} onLoudspeaker={setLoudspeaker} />
    </RoomFrame>
  );
}

const speaking: JoinOptions = { speaksHere: true };
const watching: JoinOptions = { speaksHere: false };

export function ConsultPage(props: { route: Route }): JSX.Element {
  const { route } = props;
  const roomId = route.page === 'consult' ? route.roomId : '';
  const watches = route.page === 'consult' && route.watch === true;
  return (
    <JoinedRoom key={roomId} roomId={roomId} options={watches ? watching : speaking}>
      <DrawingProvider>
        <Consult />
      </DrawingProvider>
    </JoinedRoom>
  );
}
