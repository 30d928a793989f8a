/** The code that brings a second phone in: one films, one lies on the chest. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { warn } from '../line.ts';
import type { Parts } from '../parts.ts';
import { codeOf, type QrDrawing } from '../qr.ts';
import type { SecondUse } from '../second.ts';
import { timeOf } from '../texts/index.ts';

export function SecondPhonePanel(props: { parts: Parts }) {
  const { second, camera, host, say } = props.parts;
  const code = second.code.value;
  const filming = camera.state.value === 'live' || camera.state.value === 'paused';
  const show = (use: SecondUse) => {
    second.show(use).catch((error: unknown) => warn('second phone', error));
  };
  const here = useRef<HTMLDivElement>(null);
  const url = typeof code === 'object' ? code.url : undefined;
  useEffect(() => {
    // Asked for from above, the code is shown where the person looks.
    if (url !== undefined) here.current?.scrollIntoView({ block: 'center' });
  }, [url]);
  // Only a phone that is live itself may bring in another.
  if (!filming && code === undefined) return null;
  return (
    <section class="live-second">
      <h3>{say('secondTitle')}</h3>
      <button type="button" class="key small" onClick={() => show('chest')}>
        {say('secondChest')}
      </button>
      <button type="button" class="key small" onClick={() => show('camera')}>
        {say('secondFilm')}
      </button>
      {code === 'failed' && <p role="alert">{say('secondFailed')}</p>}
      {typeof code === 'object' && (
        <div class="live-code" ref={here}>
          <h4>{say(code.use === 'chest' ? 'secondChest' : 'secondFilm')}</h4>
          <p>{say('secondScan')}</p>
          <Qr text={code.url} label={say('secondCode')} />
          <p>{say('secondUntil', { time: timeOf(host.language.value, code.expiresAt).slice(0, 5) })}</p>
          <button type="button" class="key small" onClick={() => second.hide()}>
            {say('secondClose')}
          </button>
        </div>
      )}
    </section>
  );
}

function Qr(props: { text: string; label: string }) {
  const [drawing, setDrawing] = useState<QrDrawing>();
  const { text } = props;
  useEffect(() => {
    let wanted = true;
    codeOf(text).then(
      (made) => {
        if (wanted) setDrawing(made);
      },
      (error: unknown) => warn('code', error),
    );
    return () => {
      wanted = false;
    };
  }, [text]);
  if (!drawing) return null;
  const { path, size } = drawing;
  return (
    <svg class="live-qr" viewBox={`-4 -4 ${size + 8} ${size + 8}`} role="img" aria-label={props.label}>
      <rect x="-4" y="-4" width={size + 8} height={size + 8} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
