/** Chat, orders, care, marks, people and link beside the picture. */
import type { JSX } from 'preact';
import { hasRole, type Role } from '../../../signaling/protocol/roles.ts';
import { t } from '../../i18n/index.ts';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { CarePanel } from '../live/care-panel.tsx';
import { ChatPanel } from '../live/chat-panel.tsx';
import { ConnectionPanel } from '../live/connection-panel.tsx';
import { useRoom } from '../live/live-room.ts';
import { OrdersPanel } from '../live/orders-panel.tsx';
import { orderStage } from '../live/orders-view.ts';
import { PatientSelect } from '../live/patient-select.tsx';
import { PeoplePanel } from '../live/people-panel.tsx';
import { unreadCount } from '../live/receipts.ts';
import { MarksPanel } from '../marks/marks-panel.tsx';
import { useDrawing } from '../marks/use-drawing.tsx';

export type PanelName = 'chat' | 'orders' | 'care' | 'marks' | 'people' | 'link';

const clinical: readonly Role[] = ['coordinator', 'specialist', 'crew', 'wearer', 'dispatcher'];
const doctors: readonly Role[] = ['coordinator', 'specialist'];

/** Tabs of a role: guests outside care see people, chat and link only. */
export function panelsFor(role: Role | undefined): readonly PanelName[] {
  if (role !== undefined && hasRole(clinical, role))
    return ['chat', 'orders', 'care', 'marks', 'people', 'link'];
  return ['chat', 'people', 'link'];
}

export function SidePanel(props: {
  current: PanelName;
  onChange: (panel: PanelName) => void;
  patientId: string;
  onPatient: (patientId: string) => void;
  /** The camera that is large now. */
  producerId: string | undefined;
  onOpenImage: (imageId: string | undefined) => void;
}): JSX.Element {
  const { session, state } = useRoom();
  const { role } = session;
  const drawing = useDrawing();
  const unread = unreadCount(state.value.messages, session.peerId);
  const waiting = Object.values(state.value.orders).filter((order) => orderStage(order) === 'waits').length;
  const all: Record<PanelName, TabItem<PanelName>> = {
    chat: { name: 'chat', label: t('panel.chat'), icon: 'chat', badge: unread },
    orders: { name: 'orders', label: t('panel.orders'), icon: 'order', badge: waiting },
    care: { name: 'care', label: t('panel.care'), icon: 'patient' },
    marks: { name: 'marks', label: t('marks.title'), icon: 'mark-stroke' },
    people: { name: 'people', label: t('panel.people'), icon: 'people' },
    link: { name: 'link', label: t('panel.link'), icon: 'link' },
  };
  const panels = panelsFor(role);
  const current = panels.includes(props.current) ? props.current : 'chat';
  return (
    <aside class="side-panel" aria-label={t('panel.label')}>
      <Tabs
        label={t('panel.label')}
        items={panels.map((name) => all[name])}
        current={current}
        onChange={props.onChange}
      >
        {current === 'chat' ? (
          <div class="panel-patient">
            <PatientSelect value={props.patientId} onChange={props.onPatient} withScene state={state.value} />
          </div>
        ) : null}
        {current === 'chat' ? <ChatPanel patientId={props.patientId} /> : null}
        {current === 'orders' ? (
          <OrdersPanel
            side="doctor"
            mayOrder={role !== undefined && hasRole(doctors, role)}
            patientId={props.patientId}
          />
        ) : null}
        {current === 'care' ? <CarePanel patientId={props.patientId} mayWrite /> : null}
        {current === 'marks' && drawing !== undefined ? (
          <MarksPanel drawing={drawing} producerId={props.producerId} onOpenImage={props.onOpenImage} />
        ) : null}
        {current === 'people' ? <PeoplePanel /> : null}
        {current === 'link' ? <ConnectionPanel /> : null}
      </Tabs>
    </aside>
  );
}
