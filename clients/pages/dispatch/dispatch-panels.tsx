/** What stands beside the picture: text, guidance, compressions, place, people. */
import type { JSX } from 'preact';
import { language, t } from '../../i18n/index.ts';
import { type TabItem, Tabs } from '../../ui/tabs.tsx';
import { ChatPanel } from '../live/chat-panel.tsx';
import { guidePhrases } from '../live/chat-phrases.ts';
import { useRoom } from '../live/live-room.ts';
import { PeoplePanel } from '../live/people-panel.tsx';
import { unreadCount } from '../live/receipts.ts';
import type { Phone } from './phones.ts';

export const PANELS = ['text', 'people'] as const;
export type PanelName = (typeof PANELS)[number];

/** Phrases and text for the phone, in the phone's language where it has said one. */
function TextPanel(props: { phone: Phone | undefined }): JSX.Element {
  const { phone } = props;
  const phones = phone?.page.language ?? phone?.link?.language ?? language.value;
  return <ChatPanel phrases={guidePhrases(language.value, phones)} reach="bystanders" patientId="scene" />;
}

export function DispatchPanels(props: {
  current: PanelName;
  onChange: (panel: PanelName) => void;
  phone: Phone | undefined;
}): JSX.Element {
  const { session, state } = useRoom();
  const { current } = props;
  const items: Record<PanelName, TabItem<PanelName>> = {
    text: {
      name: 'text',
      label: t('panel.text'),
      icon: 'chat',
      badge: unreadCount(state.value.messages, session.peerId),
    },
    people: { name: 'people', label: t('panel.people'), icon: 'people' },
  };
  return (
    <aside class="side-panel" aria-label={t('panel.label')}>
      <Tabs
        label={t('panel.label')}
        items={PANELS.map((name) => items[name])}
        current={current}
        onChange={props.onChange}
      >
        {current === 'text' ? <TextPanel phone={props.phone} /> : null}
        {current === 'people' ? <PeoplePanel /> : null}
      </Tabs>
    </aside>
  );
}
