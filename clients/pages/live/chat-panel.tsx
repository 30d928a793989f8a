/** Chat with delivery and read state, and phrases of one tap where hands are busy or languages differ. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Params } from '../../../signaling/protocol/methods.ts';
import { CLINICAL_ROLES, hasRole } from '../../../signaling/protocol/roles.ts';
import type { MessageState, RoomState } from '../../../signaling/protocol/state.ts';
import { formatShortTime } from '../../i18n/format.ts';
import { language, t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { inputValue } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { type ChatPhrase, inReadersWords } from './chat-phrases.ts';
import { useRoom } from './live-room.ts';
import { nameOf, patientTitle } from './names.ts';
import { useReadReceipts } from './receipts.ts';

type Reach = Params<'chat.send'>['to'];

/** Where this peer's own message stands: read beats delivered beats sent. */
function Receipt(props: { message: MessageState; state: RoomState }): JSX.Element {
  const { message, state } = props;
  const readers = message.readBy.filter((id) => id !== message.peerId);
  const got = message.deliveredTo.filter((id) => id !== message.peerId);
  if (readers.length > 0) {
    const names = readers.map((id) => nameOf(state, id) ?? t('people.gone')).join(', ');
    return (
      <span class="receipt read">
        <Icon name="check-all" />
        <span>{t('chat.readBy', { names })}</span>
      </span>
    );
  }
  return (
    <span class="receipt">
      <Icon name="check" />
      <span>{got.length > 0 ? t('chat.delivered', { n: got.length }) : t('chat.sent')}</span>
    </span>
  );
}

function Message(props: {
  message: MessageState;
  state: RoomState;
  mine: boolean;
  watch: (element: HTMLElement | null) => void;
}): JSX.Element {
  const { message, state, mine } = props;
  const patient = message.patientId === 'scene' ? undefined : patientTitle(state, message.patientId);
  return (
    <li class={mine ? 'message mine' : 'message'} data-message={message.messageId} ref={props.watch}>
      <div class="message-head">
        <strong class="one-line">{mine ? t('chat.you') : message.name || t('people.gone')}</strong>
        {patient === undefined ? null : <span class="patient-chip one-line">{patient}</span>}
        <time class="figures soft">{formatShortTime(message.utc)}</time>
      </div>
      <MessageText message={message} />
      {mine ? <Receipt message={message} state={state} /> : null}
    </li>
  );
}

/** A phrase in the reader's language, with what its author saw below; everything else as it was written. */
function MessageText(props: { message: MessageState }): JSX.Element {
  const { text, phrase } = props.message;
  const words = inReadersWords(phrase, language.value);
  if (words === undefined || words === text) return <p class="message-text">{text}</p>;
  return (
    <>
      <p class="message-text">{words}</p>
      <p class="small soft" lang={language.value === 'en' ? 'zh-CN' : 'en'}>
        {text}
      </p>
    </>
  );
}

/** Keeps the newest message in sight while the reader is at the foot of the list. */
function useFollowFoot(count: number): { current: HTMLDivElement | null } {
  const list = useRef<HTMLDivElement>(null);
  const atFoot = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element === null) return undefined;
    const onScroll = () => {
      atFoot.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, []);
  useEffect(() => {
    const element = list.current;
    if (element !== null && atFoot.current) element.scrollTop = element.scrollHeight;
  }, [count]);
  return list;
}

const reaches: readonly Reach[] = ['bystanders', 'clinical', 'staff', 'room'];

export function ChatPanel(props: {
  phrases?: readonly ChatPhrase[];
  patientId: string;
  /** Whom one writes to until one chooses; those who treat unless told. */
  reach?: 'bystanders';
}): JSX.Element {
  const { session, state } = useRoom();
  const [text, setText] = useState('');
  const clinical = session.role !== undefined && hasRole(CLINICAL_ROLES, session.role);
  const [chosen, setTo] = useState<Reach>();
  // The role is known once the join was answered; until someone chooses, those who treat write to those who treat.
  const to = chosen ?? props.reach ?? (clinical ? 'clinical' : 'room');
  const watch = useReadReceipts();
  const { messages } = state.value;
  const list = useFollowFoot(messages.length);
  const send = async (words: string, phrase?: ChatPhrase['phrase']) => {
    const trimmed = words.trim();
    if (trimmed === '') return;
    const patientId = props.patientId;
    const message = { text: trimmed, patientId, to, ...(phrase === undefined ? {} : { phrase }) };
    if (await act(() => session.request('chat.send', message))) {
      setText((now) => (now === words ? '' : now));
    }
  };
  return (
    <div class="chat">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard. */}
      <div class="chat-list" ref={list} tabIndex={0} role="log" aria-label={t('chat.title')}>
        {messages.length === 0 ? <p class="soft small chat-empty">{t('chat.empty')}</p> : null}
        <ul class="stack">
          {messages.map((message) => (
            <Message
              key={message.messageId}
              message={message}
              state={state.value}
              mine={message.peerId === session.peerId}
              watch={watch}
            />
          ))}
        </ul>
      </div>
      {props.phrases === undefined ? null : (
        <fieldset class="phrases bare" aria-label={t('chat.phrases')}>
          {props.phrases.map(({ label, text: words, phrase }) => (
            <button
              type="button"
              key={label}
              class="button phrase"
              onClick={() => start(() => send(words, phrase))}
            >
              {label}
            </button>
          ))}
        </fieldset>
      )}
      <form
        class="chat-form"
        onSubmit={(event) => {
          event.preventDefault();
          start(() => send(text));
        }}
      >
        {clinical ? (
          <select
            class="input chat-to"
            aria-label={t('chat.to')}
            value={to}
            onChange={(event) => {
              const next = inputValue(event);
              setTo(reaches.find((each) => each === next) ?? 'clinical');
            }}
          >
            {reaches
              .filter((each) => each !== 'bystanders' || props.reach === each)
              .map((each) => (
                <option key={each} value={each}>
                  {t(`chat.to.${each}`)}
                </option>
              ))}
          </select>
        ) : null}
        <div class="chat-write">
          <input
            class="input"
            aria-label={t('chat.write')}
            placeholder={t('chat.write')}
            maxLength={4000}
            value={text}
            onInput={(event) => setText(inputValue(event))}
          />
          <button type="submit" class="button primary icon-only" aria-label={t('chat.send')}>
            <Icon name="send" />
          </button>
        </div>
      </form>
    </div>
  );
}
