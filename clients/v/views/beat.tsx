/** Chest compressions: the beat as light, its sound, and the key that ends it. */
import { useEffect, useRef } from 'preact/hooks';
import { CardDrawing } from '../../guidance/card-drawing.ts';
import type { Shape } from '../../guidance/index.ts';
import { firstCard } from '../cards.ts';
import type { Help } from '../flow.ts';
import type { Shell } from '../shell.ts';
import { language, t } from '../texts/index.ts';

export function Beat(props: { shell: Shell; help: Help }) {
  const { player, beat } = props.shell;
  const light = useRef<HTMLDivElement>(null);
  const word = useRef<HTMLParagraphElement>(null);
  const { on, rate, breaths } = beat.value;
  const push = t('beatPush');
  const breathe = t('beatBreaths');
  useEffect(() => {
    let back: ReturnType<typeof setTimeout> | undefined;
    // Twice a second and more: written straight into the page, so that no phone is too slow for its own metronome.
    const off = player.light((lit, { count, endsCycle }) => {
      light.current?.toggleAttribute('data-lit', lit);
      if (lit) pressWithBeat(light.current, rate);
      if (!lit || !breaths || !word.current) return;
      word.current.textContent = `${push} ${count}`;
      if (!endsCycle) return;
      const { current } = word;
      clearTimeout(back);
      back = setTimeout(() => {
        current.textContent = breathe;
      }, 400);
    });
    return () => {
      clearTimeout(back);
      off();
    };
  }, [player, breaths, rate, push, breathe]);
  const steps = firstCard.steps[language.value];
  const drawing = (steps.find((step) => presses(step.drawing.shapes)) ?? steps[0])?.drawing;
  if (!on) {
    return (
      <section class="panel">
        <h2>{t('beatOff')}</h2>
        <p>{t('beatStoppedByDispatch')}</p>
      </section>
    );
  }
  return (
    <section class="beat" aria-label={t('beatLabel')}>
      <div class="light" ref={light}>
        {drawing && <CardDrawing drawing={drawing} />}
        <p class="push" ref={word} aria-hidden="true">
          {push}
        </p>
      </div>
      <p class="how">
        <strong>{t('beatRate', { rate: Math.round(rate) })}.</strong> {t('beatHow')}
      </p>
      <SoundLine shell={props.shell} />
    </section>
  );
}

/** Whether the hands of a drawing push with the beat. */
function presses(shapes: readonly Shape[]): boolean {
  return shapes.some(
    ({ attributes, children = [] }) => String(attributes.class).includes('beat-lean') || presses(children),
  );
}

/** Where in its cycle the drawing presses down as the beat falls; it is deepest at a third (`guidance.css`). */
const PRESSING = 0.25;

/** Brings the moving parts of the drawing into step: two rhythms beside each other would lead nobody. */
function pressWithBeat(around: HTMLElement | null, rate: number): void {
  const periodMs = 60_000 / rate;
  around?.style.setProperty('--guidance-beat', `${periodMs}ms`);
  for (const moving of around?.getAnimations?.({ subtree: true }) ?? [])
    moving.currentTime = PRESSING * periodMs;
}

function SoundLine(props: { shell: Shell }) {
  const { player } = props.shell;
  switch (player.sound.value) {
    case 'runs':
      return (
        <p class="sound">
          {t('soundOn')}{' '}
          <button type="button" class="key small" onClick={player.mute}>
            {t('soundMute')}
          </button>
        </p>
      );
    case 'unsupported':
      return <p class="sound">{t('soundUnsupported')}</p>;
    default:
      return (
        <p class="sound">
          {player.sound.value === 'blocked' && <span>{t('soundBlocked')} </span>}
          <button type="button" class="key small" onClick={player.unlock}>
            {t('soundKey')}
          </button>
        </p>
      );
  }
}

/** After the key "moves or breathes": what happened, what to do now, and the way back. */
export function Breathes(props: { shell: Shell; phone: string }) {
  const { shell, phone } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const link = shell.live.value?.link.value;
  const told = link === 'on' || link === 'weak';
  return (
    <section class="panel good">
      <h2 tabIndex={-1} ref={heading}>
        {told ? t('breathesDone') : t('breathesDoneOffline', { phone })}
      </h2>
      <p>{t('breathesNext')}</p>
      <button type="button" class="key stop big" onClick={shell.again}>
        {t('againKey')}
      </button>
    </section>
  );
}

export function Alone(props: { shell: Shell }) {
  return (
    <section class="panel alone">
      <h2>{t('aloneTitle')}</h2>
      <p>{t('aloneText')}</p>
      <button type="button" class="key" onClick={props.shell.canFilm}>
        {t('aloneCameraKey')}
      </button>
    </section>
  );
}
