/**
 * Calibrates the display that the wearer looks through: one small thing is put in the middle of the camera's picture, then
 * covered by thirteen crosses, one after the other. The tracker tells where the camera sees it at each.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { apply } from '../../../ar-annotations/geometry/matrix.ts';
import { createTracker } from '../../../ar-annotations/tracker/create.ts';
import { describeFrame } from '../../../ar-annotations/tracker/describe.ts';
import type { GreyFrame, Tracker } from '../../../ar-annotations/tracker/types.ts';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { type Calibration, CROSSES, calibrate, MOST_ERROR, type Sighting } from './calibration.ts';
import { CommandBar, type Key } from './command-bar.tsx';
import { useTwoKeys } from './use-two-keys.ts';
import { useVoiceCommands } from './use-voice-commands.ts';

/** The middle of the picture, where the thing is put at first. */
const MIDDLE = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
const TARGET = 'target';
const percent = (error: number) => (error * 100).toFixed(1);

type Step =
  | { readonly name: 'first' }
  | { readonly name: 'cross'; readonly sightings: readonly Sighting[]; readonly notSeen: boolean }
  | { readonly name: 'done'; readonly made: Calibration | undefined };

/** The tracker of the thing, fed while the wizard is open. */
function useTarget(grab: () => GreyFrame | undefined): {
  begin: () => boolean;
  seen: () => { x: number; y: number } | undefined;
} {
  const tracker = useRef<Tracker>(undefined);
  const place = useRef<{ x: number; y: number }>(undefined);
  useEffect(() => {
    let frame = 0;
    const look = () => {
      const grey = tracker.current && grab();
      const pose = grey && tracker.current?.track(grey, performance.now())[0];
      const map = pose?.state === 'held' ? pose.homography : undefined;
      place.current = map && apply(map, 0.5, 0.5);
      frame = requestAnimationFrame(look);
    };
    look();
    return () => cancelAnimationFrame(frame);
  }, [grab]);
  return {
    begin: () => {
      const grey = grab();
      if (!grey) return false;
      tracker.current = createTracker();
      return tracker.current.add(TARGET, describeFrame(grey, MIDDLE));
    },
    seen: () => place.current,
  };
}

function words(step: Step): string {
  if (step.name === 'first') return t('glasses.calibrate.first');
  if (step.name === 'cross')
    return step.notSeen
      ? t('glasses.calibrate.notSeen')
      : t('glasses.calibrate.step', { n: step.sightings.length + 1, all: CROSSES.length });
  if (step.made === undefined) return t('glasses.calibrate.failed');
  const { error } = step.made;
  return error <= MOST_ERROR
    ? t('glasses.calibrate.good', { percent: percent(error) })
    : t('glasses.calibrate.bad', { percent: percent(error), most: percent(MOST_ERROR) });
}

function Aim(props: { x: number; y: number; kind: 'box' | 'cross' }): JSX.Element {
  const path = props.kind === 'cross' ? 'M36 4v26M36 42v26M4 36h26M42 36h26' : 'M4 4h64v64H4z';
  return (
    <svg
      class="glasses-aim"
      viewBox="0 0 72 72"
      style={{ left: `${props.x * 100}%`, top: `${props.y * 100}%` }}
      aria-hidden="true"
    >
      <path d={path} fill="none" stroke="#ffffff" stroke-width="3" />
    </svg>
  );
}

export function Calibrate(props: {
  grab: () => GreyFrame | undefined;
  onMade: (made: Calibration) => void;
  onClose: () => void;
}): JSX.Element {
  const { grab, onMade, onClose } = props;
  const [step, setStep] = useState<Step>({ name: 'first' });
  const [current, setCurrent] = useState('take');
  const target = useTarget(grab);
  const take = () => {
    if (step.name === 'done') return onClose();
    if (step.name === 'first') {
      if (target.begin()) setStep({ name: 'cross', sightings: [], notSeen: false });
      return;
    }
    const camera = target.seen();
    const display = CROSSES[step.sightings.length];
    if (!camera || !display) return setStep({ ...step, notSeen: true });
    const sightings = [...step.sightings, { camera, display }];
    if (sightings.length < CROSSES.length) return setStep({ name: 'cross', sightings, notSeen: false });
    const made = calibrate(sightings, window.innerWidth / window.innerHeight, Date.now());
    if (made) onMade(made);
    setStep({ name: 'done', made });
  };
  const keys: Key[] = [
    { command: 'take', icon: 'check', text: t('glasses.say.take'), tone: 'primary', run: take },
    { command: 'stop', icon: 'close', text: t('glasses.say.stop'), run: onClose },
  ];
  const next = () => setCurrent((now) => (now === 'take' ? 'stop' : 'take'));
  const run = (command: string) =>
    command === 'next' ? next() : keys.find((key) => key.command === command)?.run();
  useTwoKeys((action) => run(action === 'next' ? 'next' : action === 'do' ? current : 'stop'));
  useVoiceCommands(
    [
      ...keys.map(({ command, text }) => ({ command, says: [text] })),
      { command: 'next', says: [t('glasses.say.next')] },
    ],
    run,
  );
  const text = words(step);
  useEffect(() => announce(text, 'urgent'), [text]);
  const cross = step.name === 'cross' ? CROSSES[step.sightings.length] : undefined;
  return (
    <section
      class={`glasses-calibrate${step.name === 'first' ? '' : ' black'}`}
      aria-label={t('glasses.calibrate.title')}
    >
      {step.name === 'first' ? <Aim x={0.5} y={0.5} kind="box" /> : null}
      {cross === undefined ? null : <Aim x={cross.x} y={cross.y} kind="cross" />}
      <p class="glasses-calibrate-text">{text}</p>
      <CommandBar keys={keys} current={current} onNext={next} />
    </section>
  );
}
