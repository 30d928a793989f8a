/** One large key that calls an expert, and what becomes of the call. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatClock } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { announce, start } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config } from '../../ui/me.ts';
import { useRoom } from '../live/live-room.ts';
import { type HelpView, helpView } from './help-view.ts';

/** "ringing at …", "seen by …", "answered by …", in that order of worth. */
export function progressText(view: HelpView): string {
  const { call } = view;
  if (call?.answeredBy !== undefined) return t('help.answeredBy', { name: call.answeredBy.name });
  if (call !== undefined && call.seenBy.length > 0) {
    return t('help.seenBy', { names: call.seenBy.map((seen) => seen.name).join(', ') });
  }
  if (call !== undefined && call.ringingAt.length > 0) {
    return t('help.ringingAt', { names: call.ringingAt.join(', ') });
  }
  return t('help.calling');
}

function Steps(props: { view: HelpView }): JSX.Element {
  const { call } = props.view;
  const ringing = (call?.ringingAt.length ?? 0) > 0;
  const seen = (call?.seenBy.length ?? 0) > 0;
  const answered = call?.answeredBy !== undefined;
  const steps = [
    { name: 'ringing', done: ringing || seen || answered, text: t('help.step.ringing') },
    { name: 'seen', done: seen || answered, text: t('help.step.seen') },
    { name: 'answered', done: answered, text: t('help.step.answered') },
  ];
  return (
    <ol class="help-steps">
      {steps.map((step) => (
        <li key={step.name} class={step.done ? 'done' : ''}>
          <Icon name={step.done ? 'check' : 'clock'} />
          <span>{step.text}</span>
          <span class="visually-hidden">{step.done ? t('help.step.done') : t('help.step.open')}</span>
        </li>
      ))}
    </ol>
  );
}

export function HelpKey(props: { patientId: string }): JSX.Element {
  const { session, state } = useRoom();
  const now = useNow(500);
  const view = helpView(state.value, now);
  const text = view.stage === 'idle' ? '' : progressText(view);
  const spoken = useRef('');
  useEffect(() => {
    if (text !== '' && text !== spoken.current) announce(text, 'urgent');
    spoken.current = text;
  }, [text]);
  const phone = config.value?.helpPhone ?? '';
  if (view.stage === 'idle') {
    return (
      <button
        type="button"
        class="button danger help-key"
        onClick={() => start(() => session.request('help.call', { patientId: props.patientId }))}
      >
        <Icon name="bell" />
        <span>{t('help.call')}</span>
      </button>
    );
  }
  const { call } = view;
  return (
    <section class={`help-state ${view.stage}`} aria-label={t('help.title')}>
      <div class="row spread">
        <strong class="help-text">{text}</strong>
        {view.stage === 'ringing' ? (
          <span class="figures help-clock">{formatClock(view.waitedMs)}</span>
        ) : null}
      </div>
      <Steps view={view} />
      {view.showPhone && phone !== '' ? (
        <a class="button answer gloves help-phone" href={`tel:${phone}`}>
          <Icon name="phone" />
          <span>{t('help.phone', { phone })}</span>
        </a>
      ) : null}
      {view.stage === 'ringing' && call !== undefined ? (
        <button
          type="button"
          class="button gloves"
          onClick={() => start(() => session.request('help.cancel', { callId: call.callId }))}
        >
          {t('help.cancel')}
        </button>
      ) : (
        <button
          type="button"
          class="button gloves"
          onClick={() => start(() => session.request('help.call', { patientId: props.patientId }))}
        >
          <Icon name="bell" />
          {t('help.again')}
        </button>
      )}
    </section>
  );
}
