/** Screens of the two links that do not film: the phone on the chest, and the volunteer on the way. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { METRONOME_RATE } from '../../../../signaling/protocol/guidance.ts';
import { LONGEST_PAUSE_MS } from '../../../core/cpr/alarms.ts';
import type { ChestReading } from '../../../core/cpr/chest.ts';
import { warn } from '../line.ts';
import type { Parts } from '../parts.ts';
import type { Say } from '../texts/index.ts';
import { LargeWord } from './large-word.tsx';
import { VolunteerScreen } from './volunteer.tsx';

/** What takes the place of the shell's help; undefined where the shell's help is the page. */
export function screenOf(parts: Parts): ComponentType | undefined {
  switch (parts.host.page.use) {
    case 'chest':
      return () => <ChestScreen parts={parts} />;
    case 'volunteer':
      return () => <VolunteerScreen parts={parts} />;
    default:
      return undefined;
  }
}

function ChestScreen(props: { parts: Parts }) {
  const { chest, say, host } = props.parts;
  const state = chest.state.value;
  const start = () => {
    chest.start().catch((error: unknown) => warn('chest', error));
  };
  useEffect(() => {
    if (state === 'on') host.announce(say('chestWait'));
  }, [state]);
  return (
    <>
      <LargeWord parts={props.parts} />
      <section class="panel live-chest" data-chest={state}>
        <h1>{say('chestTitle')}</h1>
        {state === 'unsupported' && <p role="alert">{say('chestNone')}</p>}
        {state === 'refused' && <p role="alert">{say('chestRefused')}</p>}
        {state !== 'on' && state !== 'unsupported' && (
          <>
            <p>{say('chestHow')}</p>
            <button type="button" class="key main big" onClick={start} disabled={state === 'asking'}>
              {say('chestKey')}
            </button>
          </>
        )}
        {state === 'on' && (
          <>
            <Reading reading={chest.reading.value} say={say} />
            <p class="notice">{say('chestEstimate')}</p>
            <button type="button" class="key" onClick={() => chest.stop()}>
              {say('chestStop')}
            </button>
          </>
        )}
      </section>
    </>
  );
}

function Reading(props: { reading: ChestReading | undefined; say: Say }) {
  const { reading, say } = props;
  if (!reading || reading.rate === null) {
    const paused = reading !== undefined && reading.pausedMs > LONGEST_PAUSE_MS;
    const seconds = Math.round((reading?.pausedMs ?? 0) / 1000);
    return <p class="live-big">{paused ? say('chestPaused', { seconds }) : say('chestWait')}</p>;
  }
  const { rate, depthMm } = reading;
  const verdict =
    rate > METRONOME_RATE.most ? 'chestFast' : rate < METRONOME_RATE.least ? 'chestSlow' : 'chestGood';
  return (
    <>
      <p class="live-big">
        <strong>{Math.round(rate)}</strong> {say('chestRate')}
      </p>
      {depthMm !== null && (
        <p class="live-big">
          <strong>{depthMm}</strong> {say('chestDepth')}
        </p>
      )}
      <p class="live-verdict" data-verdict={verdict}>
        {say(verdict)}
      </p>
    </>
  );
}
