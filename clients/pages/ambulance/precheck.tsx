/** The link and the cameras are checked before each consult (S2e guideline 001-037): said in words and drawn. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { PrecheckResult, PrecheckStep } from '../../core/types.ts';
import { formatBitrate, formatMilliseconds, formatPercent } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { Banner, Tag } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useServices } from '../../ui/services.ts';
import { RungTag } from '../live/rung-tag.tsx';
import { Shell } from '../shell.tsx';
import {
  type Grade,
  gaugeArc,
  gaugeFraction,
  gradeDown,
  gradeLoss,
  gradeRtt,
  gradeUp,
  verdict,
} from './precheck-view.ts';

const tagKinds = { good: 'good', fair: 'warn', poor: 'bad', unknown: undefined } as const;
const tagIcons = { good: 'check', fair: 'warn', poor: 'warn', unknown: 'clock' } as const;
const stepOrder: readonly PrecheckStep[] = ['rtt', 'down', 'up', 'devices'];

function GradeTag(props: { grade: Grade }): JSX.Element {
  const kind = tagKinds[props.grade];
  return (
    <Tag {...(kind === undefined ? {} : { kind })} icon={tagIcons[props.grade]}>
      {t(`grade.${props.grade}`)}
    </Tag>
  );
}

function Gauge(props: {
  label: string;
  bitrate: number | undefined;
  grade: Grade;
  busy: boolean;
}): JSX.Element {
  const { bitrate, grade, busy } = props;
  return (
    <div class="gauge">
      <svg viewBox="0 0 100 58" aria-hidden="true" focusable="false">
        <path class="gauge-track" d={gaugeArc(1)} />
        <path class={`gauge-value ${grade}`} d={gaugeArc(gaugeFraction(bitrate))} />
        {[0.25, 0.5, 0.75].map((at) => (
          <circle
            key={at}
            class="gauge-tick"
            cx={50 - 40 * Math.cos(Math.PI * at)}
            cy={50 - 40 * Math.sin(Math.PI * at)}
            r="1"
          />
        ))}
      </svg>
      <div class="gauge-words">
        <strong class="figures gauge-figure">
          {bitrate === undefined ? (busy ? '…' : '–') : formatBitrate(bitrate)}
        </strong>
        <span class="small">{props.label}</span>
        <GradeTag grade={grade} />
      </div>
    </div>
  );
}

function FigureRow(props: { label: string; value: string | undefined; grade: Grade }): JSX.Element {
  return (
    <div class="check-row">
      <dt>{props.label}</dt>
      <dd class="figures">{props.value ?? '–'}</dd>
      <GradeTag grade={props.grade} />
    </div>
  );
}

function Cameras(props: { result: Partial<PrecheckResult> }): JSX.Element {
  const { cameras, microphones } = props.result;
  if (cameras === undefined) return <p class="soft">{t('precheck.lookingForCameras')}</p>;
  if (cameras.length === 0) return <Banner kind="warn">{t('precheck.noCamera')}</Banner>;
  return (
    <ul class="stack tight">
      {cameras.map((camera, index) => (
        <li key={camera.deviceId} class="row">
          <Icon name="camera" />
          <span class="grow one-line">
            {camera.label === '' ? t('cameras.unnamed', { n: index + 1 }) : camera.label}
          </span>
          {(camera.maxHeight ?? 0) >= 2160 ? <span class="four-k">4K</span> : null}
        </li>
      ))}
      <li class="row">
        <Icon name={microphones === undefined || microphones.length === 0 ? 'mic-off' : 'mic'} />
        <span class="grow">
          {microphones === undefined || microphones.length === 0
            ? t('precheck.noMicrophone')
            : t('precheck.microphone')}
        </span>
      </li>
    </ul>
  );
}

/** Runs the check; `again` changes to run it anew. */
function useCheck(again: number): {
  partial: Partial<PrecheckResult>;
  step: PrecheckStep | undefined;
  result: PrecheckResult | undefined;
  problem: string | undefined;
} {
  const services = useServices();
  const [partial, setPartial] = useState<Partial<PrecheckResult>>({});
  const [step, setStep] = useState<PrecheckStep | undefined>('rtt');
  const [result, setResult] = useState<PrecheckResult>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    setPartial({});
    setResult(undefined);
    setProblem(undefined);
    const run = async () => {
      const client = await services.client();
      const found = await client.precheck({
        signal: stop.signal,
        onProgress: (now, newest) => {
          setStep(now);
          setPartial((old) => ({ ...old, ...newest }));
        },
      });
      if (stop.signal.aborted) return;
      setPartial(found);
      setResult(found);
      setStep(undefined);
    };
    run().catch((error: unknown) => {
      if (stop.signal.aborted) return;
      setStep(undefined);
      setProblem(errorText(error));
    });
    return () => stop.abort();
  }, [services, again]);
  return { partial, step, result, problem };
}

export function Precheck(props: {
  onGo: (result: PrecheckResult | undefined) => void;
  automatic: boolean;
}): JSX.Element {
  const heading = usePageTitle(t('precheck.title'));
  const [again, setAgain] = useState(0);
  const { partial, step, result, problem } = useCheck(again);
  const { onGo, automatic } = props;
  const grade = verdict(result?.expectedRung);
  useEffect(() => {
    if (result === undefined) return;
    announce(t(`precheck.verdict.${verdict(result.expectedRung)}`));
    if (automatic) onGo(result);
  }, [result, automatic, onGo]);
  const busy = step !== undefined;
  return (
    <Shell narrow>
      <div class="stack loose precheck">
        <h1 ref={heading} tabIndex={-1}>
          {t('precheck.title')}
        </h1>
        {busy ? (
          <Banner kind="note" icon="gauge" role="status">
            <span class="row spread">
              <span>{t(`precheck.step.${step}`)}</span>
              <progress
                value={stepOrder.indexOf(step) + 1}
                max={stepOrder.length + 1}
                aria-label={t('precheck.progress')}
              />
            </span>
          </Banner>
        ) : problem === undefined ? (
          <Banner kind={grade === 'good' ? 'good' : grade === 'fair' ? 'warn' : 'bad'} role="status">
            <strong>{t(`precheck.verdict.${grade}`)}</strong>
            <p class="small">{t(`precheck.advice.${grade}`)}</p>
          </Banner>
        ) : (
          <Banner kind="bad" role="alert">
            {problem}
          </Banner>
        )}
        <div class="card stack loose">
          <div class="gauges">
            <Gauge
              label={t('precheck.up')}
              bitrate={partial.upBitrate}
              grade={gradeUp(partial.upBitrate)}
              busy={busy}
            />
            <Gauge
              label={t('precheck.down')}
              bitrate={partial.downBitrate}
              grade={gradeDown(partial.downBitrate)}
              busy={busy}
            />
          </div>
          <dl class="check-rows">
            <FigureRow
              label={t('precheck.rtt')}
              value={partial.rttMs === undefined ? undefined : formatMilliseconds(partial.rttMs)}
              grade={gradeRtt(partial.rttMs)}
            />
            <FigureRow
              label={t('precheck.loss')}
              value={partial.lossFraction === undefined ? undefined : formatPercent(partial.lossFraction)}
              grade={gradeLoss(partial.lossFraction)}
            />
          </dl>
          {result === undefined ? null : (
            <p class="row">
              <span>{t('precheck.expected')}</span>
              <RungTag rung={result.expectedRung} />
            </p>
          )}
        </div>
        <section class="card">
          <h2 class="panel-title">{t('precheck.cameras')}</h2>
          <Cameras result={partial} />
        </section>
        <div class="precheck-keys">
          <button type="button" class="button gloves" disabled={busy} onClick={() => setAgain(again + 1)}>
            {t('precheck.again')}
          </button>
          <button type="button" class="button primary gloves grow" onClick={() => onGo(result)}>
            <Icon name="camera" />
            {result === undefined ? t('precheck.goNow') : t('precheck.go')}
          </button>
        </div>
      </div>
    </Shell>
  );
}
