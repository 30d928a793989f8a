/** The steps of a link from left to right, each with its time; said as a list to screen readers. */
import type { JSX } from 'preact';
import type { LinkProgress, LinkStep } from '../../../signaling/protocol/link-steps.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { t } from '../../i18n/index.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { sendingText, stepTime } from './link-words.ts';

const marks: Record<LinkStep['state'], IconName | undefined> = {
  done: 'check',
  failed: 'close',
  waiting: undefined,
  skipped: undefined,
};

function Step(props: {
  name: string;
  state: LinkStep['state'];
  now: boolean;
  time: string;
  note: string;
}): JSX.Element {
  const { state } = props;
  const mark = marks[state];
  return (
    <li
      class={`link-step is-${state}${props.now ? ' is-now' : ''}`}
      aria-current={props.now ? 'step' : undefined}
    >
      <span class="link-step-mark" aria-hidden="true">
        {mark === undefined ? null : <Icon name={mark} />}
      </span>
      <span class="link-step-name">{props.name}</span>
      <span class="visually-hidden">{t(`link.step.${state}`)}</span>
      <span class="link-step-note figures">{props.time === '' ? props.note : props.time}</span>
    </li>
  );
}

export function LinkSteps(props: { link: LinkState; progress: LinkProgress }): JSX.Element {
  const { link, progress } = props;
  const steps = progress.steps.filter(({ state }) => state !== 'skipped');
  const waits = progress.ended === undefined ? steps.find(({ state }) => state !== 'done')?.step : undefined;
  return (
    <ol class="link-steps" aria-label={t('link.steps')}>
      <Step name={t('link.step.created')} state="done" now={false} time={stepTime(link.createdUtc)} note="" />
      {steps.map(({ step, state, utc }) => (
        <Step
          key={step}
          name={t(`link.step.${step}`)}
          state={state}
          now={step === waits}
          time={stepTime(utc)}
          note={step === 'sent' || (step === 'delivered' && state === 'waiting') ? sendingText(link) : ''}
        />
      ))}
    </ol>
  );
}
