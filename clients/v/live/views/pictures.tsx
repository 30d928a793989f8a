/** The own picture with what is to be said of it, and the picture that dispatch shows. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Rung } from '../../../../signaling/protocol/media.ts';
import type { Parts } from '../parts.ts';
import { type Key, timeOf } from '../texts/index.ts';
import { usePicture } from './use-picture.ts';

const WEAK: Readonly<Partial<Record<Rung, Key>>> = {
  '540-slow': 'liveSmall',
  still: 'liveStill',
  audio: 'liveNone',
  text: 'liveNone',
};

export function OwnPicture(props: { parts: Parts }) {
  const { camera, microphone, host, say } = props.parts;
  const [large, setLarge] = useState(false);
  const track = camera.picture.track.value;
  const element = usePicture(track);
  const state = camera.state.value;
  const since = camera.since.value;
  const rung = camera.rung.value;
  const weak = rung === undefined ? undefined : WEAK[rung];
  useEffect(() => {
    if (weak) host.announce(say(weak));
  }, [weak]);
  const filming = state === 'live' || state === 'paused' || (state === 'asked' && track !== undefined);
  if (!filming && microphone.state.value === 'off') return null;
  return (
    <section class="live-own" data-rung={rung}>
      {track && (
        <button
          type="button"
          class={large ? 'live-picture large' : 'live-picture'}
          aria-pressed={large}
          aria-label={say(large ? 'ownSmaller' : 'ownLarger')}
          onClick={() => setLarge(!large)}
        >
          <video ref={element} muted playsInline autoPlay aria-label={say('ownPicture')} />
        </button>
      )}
      <div class="live-says">
        {filming && (
          <p data-live={state}>
            {state === 'live' && since !== undefined
              ? say('liveSince', { time: timeOf(host.language.value, since) })
              : say('liveWaiting')}
          </p>
        )}
        {weak && state === 'live' && <p>{say(weak)}</p>}
        {camera.needsTap.value && (
          <>
            <p>{say('againTap')}</p>
            <button type="button" class="key main" onClick={() => camera.resume()}>
              {say('againKey')}
            </button>
          </>
        )}
        <Lights parts={props.parts} />
      </div>
    </section>
  );
}

/** What was switched on from afar can be switched off here. */
function Lights(props: { parts: Parts }) {
  const { camera, microphone, say } = props.parts;
  const heard = microphone.state.value;
  return (
    <>
      {camera.picture.torch.value === 'on' && (
        <button
          type="button"
          class="key small"
          onClick={() => {
            camera.light(false).catch(() => camera.resume());
          }}
        >
          {say('lightOff')}
        </button>
      )}
      {(heard === 'live' || heard === 'muted-by-call') && (
        <>
          <p>{say(heard === 'live' ? 'micLive' : 'micCall')}</p>
          <button type="button" class="key small" onClick={() => microphone.close()}>
            {say('micOff')}
          </button>
        </>
      )}
    </>
  );
}

export function Demonstrated(props: { parts: Parts }) {
  const { demonstration, say } = props.parts;
  const source = demonstration.source.value;
  const [small, setSmall] = useState(false);
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!source || !video) return;
    const detach = source.attach(video);
    // Asked for as large as it is shown, so that the poor link carries no more.
    const tell = () => {
      const { clientWidth, clientHeight } = video;
      const hidden = document.visibilityState !== 'visible';
      demonstration.shown(
        hidden ? 0 : clientWidth * devicePixelRatio,
        hidden ? 0 : clientHeight * devicePixelRatio,
      );
    };
    tell();
    document.addEventListener('visibilitychange', tell);
    return () => {
      document.removeEventListener('visibilitychange', tell);
      detach();
      demonstration.shown(0, 0);
    };
  }, [source, small]);
  if (!source) return null;
  return (
    <section class="panel live-demonstration">
      <h2>{say('demonstration')}</h2>
      <video ref={element} class={small ? 'small' : undefined} muted playsInline autoPlay />
      <button type="button" class="key small" onClick={() => setSmall(!small)}>
        {say(small ? 'demonstrationLarger' : 'demonstrationSmaller')}
      </button>
    </section>
  );
}
