/** The one question: a sentence of notice, one key, and words for every way it can go. The photo is always another way. */

import { cameraFeature } from '../features.ts';
import type { Help } from '../flow.ts';
import type { CameraState, LivePart } from '../live/types.ts';
import type { Shell } from '../shell.ts';
import { type Key, t } from '../texts/index.ts';
import { WayOut } from './way-out.tsx';

const feature = cameraFeature();

/** Ways in which it failed: title, text, and whether trying again can help. */
const FAILED = {
  refused: ['cameraRefusedTitle', 'cameraRefusedText', true],
  missing: ['cameraMissingTitle', 'cameraMissingText', false],
  busy: ['cameraBusyTitle', 'cameraBusyText', true],
  insecure: ['cameraInsecureTitle', 'cameraInsecureText', false],
} as const satisfies Partial<Record<CameraState, readonly [Key, Key, boolean]>>;

export function Camera(props: { shell: Shell; help: Help }) {
  const { page } = props.help;
  const live = props.shell.live.value;
  const state: CameraState = feature === 'ready' ? (live?.camera.value ?? 'not-asked') : feature;
  const open = () => live?.openCamera(page.noticeVersion);
  const notice = t(page.recorded ? 'noticeRecorded' : 'noticeNotRecorded');
  switch (state) {
    case 'live':
    case 'paused':
      return (
        <section class="panel filming">
          <p>{t(state === 'live' ? 'cameraLive' : 'cameraPaused')}</p>
          <button type="button" class="key" onClick={() => live?.stopCamera()}>
            {t('cameraStopKey')}
          </button>
        </section>
      );
    case 'unsupported':
      return (
        <section class="panel">
          <p>{t('cameraUnsupportedTitle')}.</p>
          <WayOut />
          <Photo live={live} />
        </section>
      );
    case 'refused':
    case 'missing':
    case 'busy':
    case 'insecure':
      return <Failed state={state} live={live} notice={notice} open={open} />;
    default:
      return (
        <section class="panel camera">
          <p class="notice">
            <strong>{t(state === 'stopped' ? 'cameraStopped' : 'cameraLead')}</strong> {notice}
          </p>
          {state === 'asked' ? (
            <p role="status">{t('cameraAsked')}</p>
          ) : (
            <button type="button" class="key main big" onClick={open} disabled={live === undefined}>
              {t(state === 'stopped' ? 'cameraAgainKey' : 'cameraKey')}
            </button>
          )}
        </section>
      );
  }
}

function Failed(props: {
  state: keyof typeof FAILED;
  live: LivePart | undefined;
  notice: string;
  open(): void;
}) {
  const [title, text, again] = FAILED[props.state];
  return (
    <section class="panel" role="status">
      <h2>{t(title)}</h2>
      <p>{t(text)}</p>
      {again && (
        <>
          <p class="notice">{props.notice}</p>
          <button type="button" class="key" onClick={props.open}>
            {t('cameraAgainKey')}
          </button>
        </>
      )}
      <Photo live={props.live} />
    </section>
  );
}

function Photo(props: { live: LivePart | undefined }) {
  const { live } = props;
  if (!live) return null;
  return (
    <>
      <p>{t('cameraPhoto')}</p>
      <live.Photo />
    </>
  );
}
