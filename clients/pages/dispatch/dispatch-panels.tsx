/** What stands beside the picture: text, guidance, compressions, place, photos, people. */
import type { JSX } from 'preact';
import { language, t } from '../../i18n/index.ts';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { ChatPanel } from '../live/chat-panel.tsx';
import { guidePhrases } from '../live/chat-phrases.ts';
import { useRoom } from '../live/live-room.ts';
import { PeoplePanel } from '../live/people-panel.tsx';
import { unreadCount } from '../live/receipts.ts';
import { CprPanel } from './cpr/cpr-panel.tsx';
import type { Compressions } from './cpr/use-compressions.ts';
import type { PanelName } from './dispatch-keys.ts';
import { GuidancePanel } from './guidance/guidance-panel.tsx';
import { MapPanel } from './map/map-panel.tsx';
import type { Phone } from './phones.ts';
import { PhotosPanel } from './photos/photos-panel.tsx';
import { VolunteersPanel } from './volunteers/volunteers-panel.tsx';

/** Phrases and text for the phone, in the phone's language where it has said one. */
function TextPanel(props: { phone: Phone | undefined }): JSX.Element {
  const { phone } = props;
  const phones = phone?.page.language ?? phone?.link?.language ?? language.value;
  return <ChatPanel phrases={guidePhrases(language.value, phones)} reach="bystanders" patientId="scene" />;
}

function useTabs(): readonly TabItem<PanelName>[] {
  const { session, state } = useRoom();
  const { photos } = state.value.bystander;
  return [
    {
      name: 'text',
      label: t('panel.text'),
      icon: 'chat',
      badge: unreadCount(state.value.messages, session.peerId),
    },
    { name: 'guidance', label: t('panel.guidance'), icon: 'order' },
    { name: 'cpr', label: t('cpr.panel'), icon: 'gauge' },
    { name: 'place', label: t('panel.place'), icon: 'pin' },
    { name: 'photos', label: t('panel.photos'), icon: 'snapshot', badge: photos.length },
    { name: 'people', label: t('panel.people'), icon: 'people' },
  ];
}

export function DispatchPanels(props: {
  current: PanelName;
  onChange: (panel: PanelName) => void;
  phone: Phone | undefined;
  compressions: Compressions;
  veiled: boolean;
  onUnveil: () => void;
}): JSX.Element {
  const { current } = props;
  const items = useTabs();
  return (
    <aside class="side-panel" aria-label={t('panel.label')}>
      <Tabs label={t('panel.label')} items={items} current={current} onChange={props.onChange}>
        {current === 'text' ? <TextPanel phone={props.phone} /> : null}
        {current === 'guidance' ? <GuidancePanel /> : null}
        {current === 'cpr' ? (
          <div class="panel">
            <CprPanel compressions={props.compressions} />
          </div>
        ) : null}
        {current === 'place' ? <MapPanel /> : null}
        {current === 'photos' ? <PhotosPanel veiled={props.veiled} onUnveil={props.onUnveil} /> : null}
        {current === 'people' ? (
          <>
            <PeoplePanel />
            <VolunteersPanel />
          </>
        ) : null}
      </Tabs>
    </aside>
  );
}
