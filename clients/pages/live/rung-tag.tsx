/** The rung of a source in words, with bars that say the same. */
import type { JSX } from 'preact';
import type { Rung } from '../../../signaling/protocol/media.ts';
import { t } from '../../i18n/index.ts';
import { rungBars } from './source-view.ts';

export function RungTag(props: { rung: Rung | undefined; compact?: boolean }): JSX.Element | null {
  const { rung } = props;
  if (rung === undefined) return null;
  const bars = rungBars(rung);
  return (
    <span class="rung" title={t(`rung.${rung}.long`)}>
      <svg class="rung-bars" viewBox="0 0 16 12" aria-hidden="true" focusable="false">
        {[0, 1, 2, 3].map((n) => (
          <rect
            key={n}
            class={n < bars ? 'on' : 'off'}
            x={n * 4}
            y={9 - n * 3}
            width="3"
            height={3 + n * 3}
            rx="0.5"
          />
        ))}
      </svg>
      <span>{props.compact === true ? t(`rung.${rung}`) : t(`rung.${rung}.long`)}</span>
    </span>
  );
}
