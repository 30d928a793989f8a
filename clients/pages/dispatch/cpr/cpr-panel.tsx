/** Compressions as the dispatcher sees them: rate only when sure, pauses, keys for what is done, clocks, the chest phone. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatNumber } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { announce } from '../../../ui/announcer.tsx';
import { Banner, PanelTitle } from '../../../ui/controls.tsx';
import { useRoom } from '../../live/live-room.ts';
import { ChestFigures } from './chest-figures.tsx';
import { type CprWord, clockText, curvePoints, fractionOf, TONES, wordOf } from './cpr-view.ts';
import { MarkKeys } from './mark-keys.tsx';
import { TcprClocks } from './tcpr-clocks.tsx';
import type { Compressions } from './use-compressions.ts';

/** Alarms interrupt a screen reader; everything else can be read when wanted. */
function useSpokenWord(word: CprWord): void {
  const before = useRef(word);
  useEffect(() => {
    if (before.current === word) return;
    before.current = word;
    if (word === 'paused-long' || word === 'too-fast' || word === 'too-slow')
      announce(t(`cpr.word.${word}`), 'urgent');
  }, [word]);
}

/** One line with the rate and what is wrong, for beside the picture: always in sight, whichever panel is open. */
export function CprStrip(props: { compressions: Compressions }): JSX.Element | null {
  const { measuring, reading, flags } = props.compressions;
  const word = wordOf(reading, flags);
  useSpokenWord(word);
  if (measuring !== 'on' || reading === undefined) return null;
  return (
    <p class={`cpr-strip ${TONES[word]}`}>
      <strong class="figures">{reading.rate === null ? '–' : Math.round(reading.rate)}</strong>{' '}
      <span>{t(`cpr.word.${word}`)}</span>
      {reading.pausedMs > 0 ? <span class="figures"> {clockText(reading.pausedMs)}</span> : null}
    </p>
  );
}

function Measured(props: { compressions: Compressions }): JSX.Element {
  const { measuring, reading, flags } = props.compressions;
  if (measuring !== 'on') {
    return <Banner kind="note">{t(measuring === 'off' ? 'cpr.off' : 'cpr.unknown')}</Banner>;
  }
  const word = wordOf(reading, flags);
  const fraction = reading && fractionOf(reading);
  return (
    <div class={`cpr-measured ${TONES[word]}`}>
      <p class="cpr-rate">
        <strong class="figures">{typeof reading?.rate === 'number' ? Math.round(reading.rate) : '–'}</strong>
        <span class="small soft">{t('cpr.perMinute')}</span>
      </p>
      <p class="cpr-word">{t(`cpr.word.${word}`)}</p>
      <svg
        class="cpr-curve"
        viewBox="0 0 100 40"
        preserveAspectRatio="none"
        role="img"
        aria-label={t('cpr.curve')}
      >
        <polyline points={curvePoints(reading?.curve ?? [])} />
      </svg>
      <dl class="cpr-figures">
        <dt>{t('cpr.pause')}</dt>
        <dd class="figures">{clockText(reading?.pausedMs ?? 0)}</dd>
        <dt>{t('cpr.handsOff')}</dt>
        <dd class="figures">{clockText(reading?.handsOffMs ?? 0)}</dd>
        <dt>{t('cpr.handsOn')}</dt>
        <dd class="figures">{fraction === undefined ? '–' : `${formatNumber(fraction * 100, 0)} %`}</dd>
        <dt>{t('cpr.count')}</dt>
        <dd class="figures">{reading?.compressions ?? 0}</dd>
        <dt>{t('cpr.confidence')}</dt>
        <dd>
          <meter min={0} max={1} value={reading?.confidence ?? 0} aria-label={t('cpr.confidence')} />
        </dd>
      </dl>
      <p class="small soft">{t('cpr.noDepth')}</p>
    </div>
  );
}

function PullKey(props: { compressions: Compressions }): JSX.Element {
  const { compressions } = props;
  const { metronome } = useRoom().state.value.bystander;
  const on = metronome?.on === true;
  return (
    <div class="stack">
      <p class="small" role="status">
        {on ? t('cpr.metronome', { n: Math.round(metronome.rate) }) : t('cpr.metronomeOff')}
        {on && metronome.mode === '30:2' ? ` · ${t('cpr.thirtyTwo')}` : ''}
      </p>
      <button
        type="button"
        class="button"
        aria-pressed={compressions.pulls}
        disabled={compressions.measuring !== 'on'}
        onClick={() => compressions.pull(!compressions.pulls)}
      >
        {t('cpr.pull')}
      </button>
      <p class="small soft">{t('cpr.pullHint')}</p>
    </div>
  );
}

/** The panel; the measure itself is `useCompressions`, which the page keeps also while another panel is open. */
export function CprPanel(props: { compressions: Compressions }): JSX.Element {
  const { compressions } = props;
  return (
    <section class="stack cpr-panel" aria-label={t('cpr.title')}>
      <PanelTitle icon="gauge">{t('cpr.title')}</PanelTitle>
      <Measured compressions={compressions} />
      <MarkKeys />
      <PullKey compressions={compressions} />
      <TcprClocks limits={compressions.limits} />
      <ChestFigures />
    </section>
  );
}
