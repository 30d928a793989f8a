/** On and off, rate and mode of the metronome, its light, and its tick into the telephone. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { METRONOME_RATE } from '../../../../signaling/protocol/guidance.ts';
import { t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { Banner, IconButton, PanelTitle } from '../../../ui/controls.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { Choice } from '../choice.tsx';
import { nextRate } from './metronome-view.ts';
import { TickKeys } from './tick-keys.tsx';
import { type Metronome, useBeats, useMetronome } from './use-metronome.ts';

/** How long one beat lights up. */
const LIT_MS = 170;

/** Lights up with each beat, as on the phone. */
function BeatLight(props: { on: boolean }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const cancel = () => {
    for (const timer of timers.current) clearTimeout(timer);
    timers.current.clear();
    element.current?.classList.remove('lit');
  };
  const later = (ms: number, run: () => void) => {
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      run();
    }, ms);
    timers.current.add(timer);
  };
  useBeats(props.on, {
    beat: ({ at }) =>
      later(Math.max(0, at - performance.now()), () => {
        element.current?.classList.add('lit');
        later(LIT_MS, () => element.current?.classList.remove('lit'));
      }),
    cancel,
  });
  useEffect(() => cancel, []);
  return <span class="beat-light" ref={element} aria-hidden="true" />;
}

function RateKeys(props: { metronome: Metronome }): JSX.Element {
  const { view, set } = props.metronome;
  const key = (way: 'slower' | 'faster') => {
    const next = nextRate(view.rate, way);
    return (
      <IconButton
        icon={way === 'faster' ? 'plus' : 'minus'}
        label={t(`metronome.${way}`)}
        disabled={next === undefined}
        onClick={() => start(() => set(next === undefined ? {} : { rate: next }))}
      />
    );
  };
  return (
    <div class="row rate-keys">
      {key('slower')}
      <output class="rate figures">{t('metronome.rate', { n: Math.round(view.rate) })}</output>
      {key('faster')}
      {view.rate === METRONOME_RATE.normal ? null : (
        <button
          type="button"
          class="button small-button"
          onClick={() => start(() => set({ rate: METRONOME_RATE.normal }))}
        >
          {METRONOME_RATE.normal}
        </button>
      )}
    </div>
  );
}

export function MetronomeKeys(): JSX.Element {
  const metronome = useMetronome();
  const { view, set, toggle } = metronome;
  return (
    <section class="stack metronome-keys" aria-label={t('metronome.title')}>
      <PanelTitle icon="gauge">{t('metronome.title')}</PanelTitle>
      {view.movesOrBreathes ? (
        <Banner kind="bad" role="alert">
          {t('metronome.movesOrBreathes')}
        </Banner>
      ) : null}
      <div class="row">
        <button
          type="button"
          class={view.on ? 'button danger' : 'button primary'}
          onClick={() => start(toggle)}
        >
          <BeatLight on={view.on} />
          {t(view.on ? 'metronome.stop' : 'metronome.start')}
        </button>
        <RateKeys metronome={metronome} />
      </div>
      <p class="small soft" role="status">
        <Icon name={view.on ? 'play' : 'pause'} />{' '}
        {view.source === undefined ? t('metronome.never') : t(`metronome.by.${view.source}`)}
      </p>
      <Choice
        label={t('metronome.mode')}
        options={[
          { value: 'continuous', text: t('metronome.continuous') },
          { value: '30:2', text: t('metronome.thirtyTwo') },
        ]}
        value={view.mode}
        onChange={(mode) => start(() => set({ mode }))}
      />
      <TickKeys />
    </section>
  );
}
