/** The specialist's page: the main picture fills it, the rest stands beside it. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { JoinOptions } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
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
import { StripTile } from '../live/video-tile.tsx';
import { RingingCalls } from '../rooms/ringing-calls.tsx';
import { useRoomList } from '../rooms/use-room-list.ts';
import { ControlsBar } from './controls-bar.tsx';
import { RewindLink } from './rewind-link.tsx';
import { type PanelName, SidePanel } from './side-panel.tsx';
import { EmptyStage, Stage } from './stage.tsx';
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

function Consult(): JSX.Element {
  const room = useRoom();
  const page = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [chosen, setChosen] = useState<string>();
  const [panel, setPanel] = useState<PanelName>('chat');
  const [patient, setPatient] = useState<string>();
  const [dialog, setDialog] = useState<'devices' | 'keys' | 'leave'>();
  const [loudspeaker, setLoudspeaker] = useState<string>();
  const pictures = orderPictures(room.remote.value.filter((source) => source.kind === 'video'));
  const main = mainPicture(pictures, chosen, room.state.value.spotlight);
  const zoom = useZoom(stage, video, main?.producerId ?? '');
  const tools = useStageTools(main, video, page);
  const voice = useVoice();
  const face = useFaceCamera();
  const speaks = maySpeak(room.session.role);
  useConsultKeys(
    { pictures, main, zoom, tools, own: speaks ? { voice, face } : undefined },
    { setChosen, setPanel, setDialog },
  );
  return (
    <RoomFrame page="consult" tools={<RewindLink role={room.session.role} />}>
      <main class="consult-main" id="main" tabIndex={-1} ref={page}>
        <div class="stage">
          <RoomSound {...(loudspeaker === undefined ? {} : { loudspeaker })} />
          <div class="stage-area">
            {main === undefined ? (
              <EmptyStage />
            ) : (
              <Stage key={main.producerId} source={main} stage={stage} video={video} zoom={zoom} />
            )}
            <CatchUp />
          </div>
          {pictures.length > 1 ? (
            <ul class="strip" aria-label={t('strip.label')}>
              {pictures.map((source, index) => (
                <li key={source.producerId}>
                  <StripTile
                    source={source}
                    number={index + 1}
                    current={source.producerId === main?.producerId}
                    onSelect={() => setChosen(source.producerId)}
                  />
                </li>
              ))}
            </ul>
          ) : null}
          <ControlsBar
            voice={speaks ? voice : undefined}
            face={speaks ? face : undefined}
            zoom={zoom}
            tools={tools}
            hasPicture={main !== undefined}
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
        />
      </main>
      {signedIn()?.kind === 'person' ? <Ringing /> : null}
      {dialog === 'devices' ? (
        <DeviceDialog onClose={() => setDialog(undefined)} onLoudspeaker={setLoudspeaker} />
      ) : null}
      {dialog === 'keys' ? <ShortcutsDialog onClose={() => setDialog(undefined)} /> : null}
      {dialog === 'leave' ? <LeaveDialog onClose={() => setDialog(undefined)} /> : null}
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
      <Consult />
    </JoinedRoom>
  );
}
