/** What a late joiner must know, for 15 seconds: who, what, since when, the last facts. Stays while it is pointed at. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { TIME_NODES } from '../../../signaling/protocol/events.ts';
import type { CatchUpItem } from '../../core/types.ts';
import { formatShortTime, formatSpan } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useServices } from '../../ui/services.ts';
import { useRoom } from './live-room.ts';

export const CATCH_UP_MS = 15_000;
const TICK_MS = 250;

function nodeText(node: string): string {
  const known = TIME_NODES.find((each) => each === node);
  return known === undefined ? node : t(`node.${known}`);
}

/** One line: icon, words, time. */
function lineOf(item: CatchUpItem, now: number): { icon: IconName; text: string; at?: number } {
  switch (item.code) {
    case 'room':
      return {
        icon: 'clock',
        text: t('catchUp.room', { title: item.title, span: formatSpan(now - item.since) }),
      };
    case 'patient': {
      const who = [item.patientId, item.name, item.description]
        .filter((each) => each !== undefined)
        .join(' · ');
      return { icon: 'patient', text: who };
    }
    case 'lead':
      return { icon: 'lead', text: t('catchUp.lead', { name: item.name, role: t(`role.${item.role}`) }) };
    case 'peer':
      return {
        icon: 'person',
        text: t('catchUp.peer', { name: item.name, role: t(`role.${item.role}`) }),
        at: item.since,
      };
    case 'sources':
      return item.kind === 'audio'
        ? { icon: 'mic', text: t('catchUp.voices', { n: item.pictures }) }
        : { icon: 'camera', text: t('catchUp.sources', { n: item.pictures }) };
    case 'timeNode':
      return {
        icon: 'flag',
        text: `${nodeText(item.node)} ${item.patientId === 'scene' ? '' : item.patientId}`,
        at: item.at,
      };
    case 'drug':
      return { icon: 'drug', text: `${item.text} ${item.patientId}`, at: item.at };
    case 'device':
      return { icon: 'device', text: `${item.text} ${item.patientId}`, at: item.at };
    case 'order': {
      const text = item.open
        ? t('catchUp.orderOpen', { text: item.text })
        : t('catchUp.order', { text: item.text });
      return { icon: 'order', text, at: item.at };
    }
    case 'message':
      return { icon: 'chat', text: t('catchUp.message', { name: item.name, text: item.text }), at: item.at };
    case 'help': {
      const text =
        item.answeredBy === undefined
          ? t('catchUp.helpOpen')
          : t('catchUp.helpAnswered', { name: item.answeredBy });
      return { icon: 'bell', text, at: item.at };
    }
  }
}

/** Counts down while it is not held. */
function useCountdown(held: boolean): number {
  const [left, setLeft] = useState(CATCH_UP_MS);
  useEffect(() => {
    if (held) return undefined;
    const timer = setInterval(() => setLeft((old) => Math.max(0, old - TICK_MS)), TICK_MS);
    return () => clearInterval(timer);
  }, [held]);
  return left;
}

function Card(props: { items: readonly CatchUpItem[]; onClose: () => void }): JSX.Element {
  const { items, onClose } = props;
  const [held, setHeld] = useState(false);
  const left = useCountdown(held);
  const now = Date.now();
  useEffect(() => {
    if (left === 0) onClose();
  }, [left, onClose]);
  return (
    <section
      class="catch-up"
      aria-label={t('catchUp.title')}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <div class="row spread">
        <h2>{t('catchUp.title')}</h2>
        <IconButton class="quiet small-button" icon="close" label={t('common.close')} onClick={onClose} />
      </div>
      <progress class="catch-up-left" value={left} max={CATCH_UP_MS} aria-label={t('catchUp.left')} />
      <ul class="stack tight">
        {items.map((item, index) => {
          const line = lineOf(item, now);
          return (
            <li key={index} class="catch-up-line">
              <Icon name={line.icon} />
              <span class="grow">{line.text}</span>
              {line.at === undefined ? null : <time class="small figures">{formatShortTime(line.at)}</time>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function CatchUp(): JSX.Element | null {
  const services = useServices();
  const { session } = useRoom();
  const [items, setItems] = useState<readonly CatchUpItem[]>();
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      await session.joined();
      const found = await services.catchUp(session.state, session.peerId);
      if (wanted) setItems(found);
    };
    // A refused join has its own page; there is then nothing to catch up with.
    read().catch(() => undefined);
    return () => {
      wanted = false;
    };
  }, [session, services]);
  if (items === undefined || items.length === 0) return null;
  return <Card items={items} onClose={() => setItems(undefined)} />;
}
