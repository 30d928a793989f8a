/** How loud an audio track is now, as a meter, with words when nothing arrives. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';

/** A line that hangs up is silent too; a cable that is not in is silent for this long. */
const SILENT_AFTER_MS = 5000;
/** Above the noise of a sound card's input, below any voice: about −60 dB. */
const HEARD = 0.001;

/** 0 to 1 on a scale of 60 dB, as voices are heard. */
function onScale(level: number): number {
  return Math.max(0, Math.min(1, 1 + (20 * Math.log10(Math.max(level, 1e-6))) / 60));
}

export function LevelMeter(props: { track: MediaStreamTrack; muted: boolean }): JSX.Element {
  const { track, muted } = props;
  const meter = useRef<HTMLMeterElement>(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    const audio = new AudioContext();
    const analyser = audio.createAnalyser();
    audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let heardAt = performance.now();
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      if (meter.current !== null) meter.current.value = onScale(level);
      if (level > HEARD) heardAt = performance.now();
      setSilent(performance.now() - heardAt > SILENT_AFTER_MS);
    }, 100);
    return () => {
      clearInterval(timer);
      // Closing a context that is closing already is refused, and is all the same.
      audio.close().catch(() => undefined);
    };
  }, [track]);
  return (
    <div class="stack">
      <meter ref={meter} class="level-meter" min={0} max={1} aria-label={t('telephone.level')} />
      {silent && !muted ? (
        <p class="small warn-text row" role="status">
          <Icon name="warn" />
          {t('telephone.silent')}
        </p>
      ) : null}
    </div>
  );
}
