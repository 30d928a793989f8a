/** The crew's page: check the link, go live, call for help, everything in reach of a gloved thumb. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { sendsAudio } from '../../../signaling/protocol/units.ts';
import type { JoinOptions, PrecheckResult } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { readPreference } from '../../storage/preferences.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { IconButton, PanelTitle } from '../../ui/controls.tsx';
import { signedIn } from '../../ui/me.ts';
import type { Route } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useShortcuts } from '../../ui/shortcuts.ts';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { GivenKeys, GivenList } from '../live/care-panel.tsx';
import { ChatPanel } from '../live/chat-panel.tsx';
import { crewPhrases } from '../live/chat-phrases.ts';
import { ConnectionPanel } from '../live/connection-panel.tsx';
import { JoinedRoom } from '../live/joined-room.tsx';
import { LeaveDialog } from '../live/leave-dialog.tsx';
import { useRoom } from '../live/live-room.ts';
import { defaultPatient } from '../live/names.ts';
import { OrderCard, OrdersPanel } from '../live/orders-panel.tsx';
import { orderOrders, waitingOrders } from '../live/orders-view.ts';
import { PatientSelect, PatientsList } from '../live/patient-select.tsx';
import { PeoplePanel } from '../live/people-panel.tsx';
import { unreadCount } from '../live/receipts.ts';
import { RoomFrame } from '../live/room-frame.tsx';
import { RoomSound } from '../live/room-sound.tsx';
import { TimeNodeKeys } from '../live/time-nodes.tsx';
import { useVoice } from '../live/use-own-media.ts';
import { OwnCameraStage, useOwnMarks } from '../marks/own-camera.tsx';
import { DrawingProvider } from '../marks/use-drawing.tsx';
import { CamerasSection } from './cameras.tsx';
import { HelpKey } from './help-key.tsx';
import { OwnCopyLine } from './own-copy-line.tsx';
import { Precheck } from './precheck.tsx';
import { UnitSound } from './unit-sound.tsx';
import { useCameras } from './use-cameras.ts';

type SideTab = 'chat' | 'orders' | 'people' | 'link';

/** Orders that wait for a read-back stand above everything and are spoken when they arrive. */
function WaitingOrders(): JSX.Element | null {
  const { state } = useRoom();
  const waiting = waitingOrders(state.value);
  const spoken = useRef(new Set<string>());
  useEffect(() => {
    for (const order of waiting) {
      if (spoken.current.has(order.orderId)) continue;
      spoken.current.add(order.orderId);
      announce(t('order.arrived', { text: order.text }), 'urgent');
      navigator.vibrate?.(200);
    }
  });
  if (waiting.length === 0) return null;
  return (
    <section class="amb-orders" aria-label={t('order.waitingTitle')}>
      <PanelTitle icon="order">{t('order.waitingTitle')}</PanelTitle>
      <ul class="stack">
        {waiting.map((order) => (
          <OrderCard key={order.orderId} order={order} side="crew" />
        ))}
      </ul>
    </section>
  );
}

function Side(props: { patientId: string }): JSX.Element {
  const { session, state } = useRoom();
  const [tab, setTab] = useState<SideTab>('chat');
  const orders = orderOrders(state.value);
  const items: readonly TabItem<SideTab>[] = [
    {
      name: 'chat',
      label: t('panel.chat'),
      icon: 'chat',
      badge: unreadCount(state.value.messages, session.peerId),
    },
    {
      name: 'orders',
      label: t('panel.orders'),
      icon: 'order',
      badge: orders.filter((each) => each.outcome === undefined).length,
    },
    { name: 'people', label: t('panel.people'), icon: 'people' },
    { name: 'link', label: t('panel.link'), icon: 'link' },
  ];
  return (
    <aside class="side-panel amb-side" aria-label={t('panel.label')}>
      <Tabs label={t('panel.label')} items={items} current={tab} onChange={setTab}>
        {tab === 'chat' ? <ChatPanel phrases={crewPhrases()} patientId={props.patientId} /> : null}
        {tab === 'orders' ? <OrdersPanel side="crew" mayOrder={false} patientId={props.patientId} /> : null}
        {tab === 'people' ? <PeoplePanel /> : null}
        {tab === 'link' ? <ConnectionPanel /> : null}
      </Tabs>
    </aside>
  );
}

/** Opens cameras and, unless another device of the unit has the sound, the microphone, once after the join. */
function useGoLive(
  check: PrecheckResult | undefined,
  openAll: (check: PrecheckResult | undefined) => Promise<void>,
  speak: () => Promise<void>,
): void {
  const { session, state } = useRoom();
  const begun = useRef(false);
  const { phase } = state.value;
  useEffect(() => {
    if (begun.current || phase !== 'open') return;
    begun.current = true;
    start(async () => {
      if (sendsAudio(session.state, session.peerId)) await speak();
      await openAll(check);
    });
  }, [phase, session, check, openAll, speak]);
}

/** An enrolled device stops when its unit is released: the hand-over ends what it sends. */
function useReleased(): void {
  const { state } = useRoom();
  const who = signedIn();
  const wasOn = useRef(false);
  const unitId = who?.kind === 'device' ? who.unitId : undefined;
  const on = unitId !== undefined && state.value.unitIds.includes(unitId);
  useEffect(() => {
    if (wasOn.current && !on) go('/unit', 'replace');
    wasOn.current = on;
  }, [on]);
}

function Ambulance(props: { check: PrecheckResult | undefined }): JSX.Element {
  const room = useRoom();
  const [patient, setPatient] = useState<string>();
  const [leaving, setLeaving] = useState(false);
  const cameras = useCameras();
  const ownMarks = useOwnMarks(cameras.sources);
  const [drawOn, setDrawOn] = useState<string>();
  const drawn = cameras.sources.find((source) => source.producerId === drawOn);
  const patientId = patient ?? defaultPatient(room.state.value);
  const voice = useVoice(patientId);
  useGoLive(props.check, cameras.openAll, () => voice.set(true));
  useReleased();
  useShortcuts((key) => {
    if (key.toLowerCase() !== 'm') return false;
    start(() => voice.set(!voice.on));
    return true;
  });
  return (
    <RoomFrame
      page="ambulance"
      tools={<IconButton icon="leave" label={t('leave.open')} onClick={() => setLeaving(true)} />}
    >
      <main class="amb-page" id="main" tabIndex={-1}>
        <WaitingOrders />
        {drawn === undefined ? null : (
          <OwnCameraStage
            key={drawn.producerId}
            source={drawn}
            marks={ownMarks.get(drawn.producerId)}
            onBack={() => setDrawOn(undefined)}
          />
        )}
        <div class="amb-main" hidden={drawn !== undefined}>
          <div class="amb-left">
            <RoomSound />
            <CamerasSection cameras={cameras} marks={ownMarks} onDraw={setDrawOn} />
            <OwnCopyLine />
          </div>
          <div class="amb-middle">
            <section class="card stack">
              <PatientSelect value={patientId} onChange={setPatient} withScene state={room.state.value} />
              <PanelTitle icon="clock">{t('node.title')}</PanelTitle>
              <TimeNodeKeys patientId={patientId} />
            </section>
            <section class="card stack">
              <PanelTitle icon="drug">{t('given.title')}</PanelTitle>
              <GivenKeys patientId={patientId} gloves />
              <GivenList />
            </section>
            <section class="card stack">
              <PanelTitle icon="patient">{t('patient.title')}</PanelTitle>
              <PatientsList gloves />
            </section>
          </div>
          <Side patientId={patientId} />
        </div>
      </main>
      <div class="action-bar">
        <UnitSound voice={voice} />
        <HelpKey patientId={patientId} />
      </div>
      {leaving ? <LeaveDialog onClose={() => setLeaving(false)} /> : null}
    </RoomFrame>
  );
}

export function AmbulancePage(props: { route: Route }): JSX.Element {
  const roomId = props.route.page === 'ambulance' ? props.route.roomId : '';
  const [gone, setGone] = useState<{ check: PrecheckResult | undefined }>();
  const onGo = useCallback((check: PrecheckResult | undefined) => setGone({ check }), []);
  const options = useMemo<JoinOptions | undefined>(() => {
    if (gone === undefined) return undefined;
    const device = readPreference('deviceName');
    const { check } = gone;
    return {
      speaksHere: true,
      ...(device === undefined ? {} : { device }),
      ...(check?.upBitrate === undefined ? {} : { measuredUp: check.upBitrate }),
      ...(check?.downBitrate === undefined ? {} : { measuredDown: check.downBitrate }),
    };
  }, [gone]);
  if (options === undefined) return <Precheck onGo={onGo} automatic={signedIn()?.kind === 'device'} />;
  return (
    <JoinedRoom key={roomId} roomId={roomId} options={options}>
      <DrawingProvider>
        <Ambulance check={gone?.check} />
      </DrawingProvider>
    </JoinedRoom>
  );
}
