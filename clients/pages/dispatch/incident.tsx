/** One incident: the link's steps, the picture as large as it can be, the keys of the phone, and the panels beside. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import type { RemoteSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { RewindLink } from '../consult/rewind-link.tsx';
import { Stage } from '../consult/stage.tsx';
import { useStageTools } from '../consult/use-stage-tools.ts';
import { useZoom } from '../consult/use-zoom.ts';
import { DeviceDialog } from '../live/device-dialog.tsx';
import { LeaveDialog } from '../live/leave-dialog.tsx';
import { useRoom } from '../live/live-room.ts';
import { RoomFrame } from '../live/room-frame.tsx';
import { RoomSound } from '../live/room-sound.tsx';
import { mainPicture, orderPictures } from '../live/source-view.ts';
import { useDemonstration, useVoice } from '../live/use-own-media.ts';
import { StripTile } from '../live/video-tile.tsx';
import { CprStrip } from './cpr/cpr-panel.tsx';
import { type Compressions, useCompressions } from './cpr/use-compressions.ts';
import { DeskBar } from './desk-bar.tsx';
import type { PanelName } from './dispatch-keys.ts';
import { DispatchKeysDialog } from './dispatch-keys-dialog.tsx';
import { DispatchPanels } from './dispatch-panels.tsx';
import { dispatchPath } from './incidents-view.ts';
import { LinkBoard, type ShowLink } from './link-board.tsx';
import { LinkCodeDialog } from './link-code-dialog.tsx';
import { LinkFormDialog } from './link-form.tsx';
import { AskBanner, LinkStrip } from './link-strip.tsx';
import { mainLink } from './link-view.ts';
import { LinksDialog } from './links-dialog.tsx';
import { PhoneControls } from './phone-controls.tsx';
import { PhoneLine } from './phone-line.tsx';
import { phoneInHand, phonesOf } from './phones.ts';
import { ReleaseSection } from './release-section.tsx';
import { useAsks } from './use-asks.ts';
import { useFirstFacts } from './use-first-facts.ts';
import { useIncidentKeys } from './use-incident-keys.ts';
import { filmedByPublic, rememberUnveiled, wasUnveiled } from './veil.ts';
import { VeilKey } from './veil-key.tsx';

type Open =
  | { readonly what: 'devices' | 'keys' | 'leave' | 'links' }
  | { readonly what: 'code'; readonly linkId: string }
  | { readonly what: 'another'; readonly like: LinkState | undefined };

function Dialogs(props: {
  open: Open;
  show: ShowLink;
  onClose: () => void;
  onLoudspeaker: (deviceId: string) => void;
}): JSX.Element {
  const { open, show, onClose } = props;
  switch (open.what) {
    case 'devices':
      return <DeviceDialog onClose={onClose} onLoudspeaker={props.onLoudspeaker} />;
    case 'keys':
      return <DispatchKeysDialog onClose={onClose} />;
    case 'leave':
      return (
        <LeaveDialog onClose={onClose} home={dispatchPath()}>
          <ReleaseSection />
        </LeaveDialog>
      );
    case 'links':
      return <LinksDialog show={show} onClose={onClose} />;
    case 'code':
      return <LinkCodeDialog key={open.linkId} linkId={open.linkId} onClose={onClose} />;
    case 'another':
      return <LinkFormDialog like={open.like} onClose={onClose} onShow={show.code} />;
  }
}

/** Remembered for this room in this tab. */
function useVeil(roomId: string): readonly [on: boolean, set: (on: boolean) => void] {
  const [on, setOn] = useState(() => !wasUnveiled(roomId));
  const set = (next: boolean) => {
    rememberUnveiled(roomId, !next);
    setOn(next);
  };
  return [on, set];
}

/** Measures while someone may be pressing: for an arrest, while the metronome runs, and when it is asked for. */
function useMeasured(source: RemoteSource | undefined, asked: boolean): Compressions {
  const { state } = useRoom();
  const { metronome } = state.value.bystander;
  const presses = asked || metronome?.on === true || mainLink(state.value)?.need === 'arrest';
  return useCompressions(presses ? source : undefined);
}

function Tiles(props: {
  pictures: readonly RemoteSource[];
  main: RemoteSource | undefined;
  isVeiled: (source: RemoteSource) => boolean;
  onChoose: (producerId: string) => void;
}): JSX.Element | null {
  if (props.pictures.length < 2) return null;
  return (
    <ul class="strip" aria-label={t('strip.label')}>
      {props.pictures.map((source, index) => (
        <li key={source.producerId} class={props.isVeiled(source) ? 'veiled' : undefined}>
          <StripTile
            source={source}
            number={index + 1}
            current={source.producerId === props.main?.producerId}
            onSelect={() => props.onChoose(source.producerId)}
          />
        </li>
      ))}
    </ul>
  );
}

function OverPicture(props: {
  filmed: boolean;
  veil: boolean;
  setVeil: (veil: boolean) => void;
  compressions: Compressions;
}): JSX.Element {
  return (
    <>
      {props.filmed ? <VeilKey veiled={props.veil} onChange={props.setVeil} /> : null}
      <CprStrip compressions={props.compressions} />
    </>
  );
}

export function Incident(): JSX.Element {
  const room = useRoom();
  const { session } = room;
  const state = room.state.value;
  const page = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [chosen, setChosen] = useState<string>();
  const [panel, setPanel] = useState<PanelName>('text');
  const [open, setOpen] = useState<Open>();
  const [loudspeaker, setLoudspeaker] = useState<string>();
  const [veil, setVeil] = useVeil(session.roomId);
  useFirstFacts();
  const pictures = orderPictures(room.remote.value.filter((source) => source.kind === 'video'));
  const main = mainPicture(pictures, chosen, state.spotlight);
  const phone = phoneInHand(phonesOf(state), main?.peerId);
  const link = mainLink(state);
  const zoom = useZoom(stage, video, main?.producerId ?? '');
  const tools = useStageTools(main, video, page);
  const asks = useAsks(phone);
  const voice = useVoice();
  const demonstration = useDemonstration();
  const filmed = main !== undefined && filmedByPublic(state, main.peerId);
  const compressions = useMeasured(filmed ? main : undefined, panel === 'cpr');
  const isVeiled = (source: RemoteSource) => veil && filmedByPublic(state, source.peerId);
  const show: ShowLink = {
    code: (linkId) => setOpen({ what: 'code', linkId }),
    another: (like) => setOpen({ what: 'another', like }),
  };
  const links = () => setOpen(link === undefined ? { what: 'another', like: undefined } : { what: 'links' });
  useIncidentKeys(
    { pictures, main, zoom, tools, asks, voice, demonstration },
    { choose: setChosen, panel: setPanel, links, veil: () => setVeil(!veil) },
  );
  return (
    <RoomFrame
      inside
      page="dispatch-room"
      home={{ path: dispatchPath(), label: t('dispatch.back') }}
      tools={<RewindLink role={session.role} />}
    >
      <main class="consult-main" id="main" tabIndex={-1} ref={page}>
        <div class="stage">
          <AskBanner />
          {link === undefined ? null : <LinkStrip link={link} live={main !== undefined} onLinks={links} />}
          <RoomSound {...(loudspeaker === undefined ? {} : { loudspeaker })} />
          <div class="stage-area">
            {main === undefined ? (
              <LinkBoard link={link} show={show} />
            ) : (
              <Stage key={main.producerId} {...{ source: main, stage, video, zoom }} veiled={isVeiled(main)}>
                <OverPicture filmed={filmed} veil={veil} setVeil={setVeil} compressions={compressions} />
              </Stage>
            )}
          </div>
          <Tiles pictures={pictures} main={main} isVeiled={isVeiled} onChoose={setChosen} />
          <PhoneLine phone={phone} source={main?.peerId === phone?.peerId ? main : undefined} />
          {phone === undefined ? null : <PhoneControls phone={phone} asks={asks} />}
          <DeskBar
            voice={voice}
            demonstration={demonstration}
            telephone={session.role === 'dispatcher'}
            tools={tools}
            hasPicture={main !== undefined}
            onDevices={() => setOpen({ what: 'devices' })}
            onKeys={() => setOpen({ what: 'keys' })}
            onLeave={() => setOpen({ what: 'leave' })}
          />
        </div>
        <DispatchPanels
          current={panel}
          onChange={setPanel}
          phone={phone}
          compressions={compressions}
          veiled={veil}
          onUnveil={() => setVeil(false)}
        />
      </main>
      {open === undefined ? null : (
        <Dialogs open={open} show={show} onClose={() => setOpen(undefined)} onLoudspeaker={setLoudspeaker} />
      )}
    </RoomFrame>
  );
}
