/** The screen that helps: first what to do, then the one question for the camera, then words with dispatch. */
import type { LinkPage, OpeningState } from '../../../signaling/protocol/links.ts';
import type { Help } from '../flow.ts';
import type { LivePart } from '../live/types.ts';
import type { Shell } from '../shell.ts';
import { type Key, t } from '../texts/index.ts';
import { Alone, Beat, Breathes } from './beat.tsx';
import { Camera } from './camera.tsx';
import { Guidance } from './guidance.tsx';
import { CallKey } from './phone.tsx';

export function HelpScreen(props: { shell: Shell; help: Help }) {
  const { shell, help } = props;
  const live = shell.live.value;
  const Screen = live?.Screen;
  const { page } = help;
  const compressing = page.need === 'arrest' || shell.beat.value.on;
  const helped = compressing || help.breathes;
  const camera = mayFilm(help) ? <Camera shell={shell} help={help} /> : null;
  return (
    <main class={compressing ? 'help compressing' : 'help'}>
      <h1 class="said">{t('title')}</h1>
      {page.place && <Place page={page} address={page.place.text} live={live} />}
      <Outside shell={shell} help={help} />
      {Screen ? (
        <Screen />
      ) : (
        <>
          {live && <live.Picture />}
          {compressing && !help.breathes && <Beat shell={shell} help={help} />}
          {help.breathes && <Breathes shell={shell} phone={page.emergencyPhone} />}
          {help.camera === 'later' && !help.breathes && <Alone shell={shell} />}
          {helped && camera}
          <Guidance shell={shell} help={help} between={helped ? null : camera} />
          {live && <live.Talk />}
          <p class="foot">
            <CallKey phone={page.emergencyPhone} />
          </p>
          {compressing && !help.breathes && shell.beat.value.on && (
            <div class="dock">
              <button type="button" class="key stop big" onClick={shell.breathes}>
                {t('breathesKey')}
              </button>
            </div>
          )}
        </>
      )}
    </main>
  );
}

function mayFilm(help: Help): boolean {
  const inside = help.opening === 'open' || help.opening === 'live';
  return inside && (help.camera === 'offered' || help.breathes);
}

/** A fixed code was scanned: the call comes first, and whether anyone has seen this is said plainly. */
function Place(props: { page: LinkPage; address: string; live: LivePart | undefined }) {
  const phone = props.page.emergencyPhone;
  const seen = props.live?.seen.value ?? 'nobody';
  return (
    <section class={`panel place ${seen}`} aria-live="polite">
      <p>{t('placeHere', { address: props.address })}</p>
      {seen === 'nobody' ? (
        <>
          <CallKey phone={phone} first class="big" />
          <p>
            <strong>{t('placeNobody')}</strong>
          </p>
        </>
      ) : (
        <p>
          <strong>{t(seen === 'seen' ? 'placeSeen' : 'placeAnswered')}</strong>
        </p>
      )}
    </section>
  );
}

const OUTSIDE = {
  asking: ['askingTitle', 'askingText'],
  refused: ['refusedTitle', 'refusedText'],
  ended: ['replacedTitle', 'replacedText'],
} as const satisfies Partial<Record<OpeningState, readonly [Key, Key]>>;

/** Another browser of the same link films: said once, without taking the help away. */
function Outside(props: { shell: Shell; help: Help }) {
  const { opening } = props.help;
  if (opening === 'open' || opening === 'live') return null;
  const [title, text] = OUTSIDE[opening];
  return (
    <section class="panel" role="status">
      <h2>{t(title)}</h2>
      <p>{t(text)}</p>
      {opening === 'ended' && (
        <button type="button" class="key" onClick={props.shell.askAgain}>
          {t('replacedKey')}
        </button>
      )}
    </section>
  );
}
