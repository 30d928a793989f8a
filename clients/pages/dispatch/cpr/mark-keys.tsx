/** Keys for what is done with the patient. Each makes its pause a right one and is kept as a fact; the swap is asked for. */
import type { JSX } from 'preact';
import { untilSwap } from '../../../core/cpr/alarms.ts';
import { t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { Banner, PanelTitle } from '../../../ui/controls.tsx';
import { useRoom } from '../../live/live-room.ts';
import { roomUtc } from '../use-progress.ts';
import { clockText, MARK_KEYS } from './cpr-view.ts';
import { useSeconds } from './use-seconds.ts';

export function MarkKeys(): JSX.Element {
  const room = useRoom();
  useSeconds();
  const { cpr } = room.state.value.bystander;
  const last = cpr.marks.at(-1);
  const swap = untilSwap(cpr, roomUtc(room));
  return (
    <div class="stack cpr-marks">
      <PanelTitle icon="flag">{t('cpr.marks')}</PanelTitle>
      {swap !== undefined && swap <= 0 ? (
        <Banner kind="warn" role="alert">
          {t('cpr.swapNow')}
        </Banner>
      ) : null}
      {swap !== undefined && swap > 0 ? (
        <p class="small figures">{t('cpr.swapIn', { time: clockText(swap) })}</p>
      ) : null}
      <div class="row cpr-keys">
        {MARK_KEYS.map((mark) => (
          <button
            key={mark}
            type="button"
            class={`button small-button${last?.mark === mark ? ' primary' : ''}`}
            onClick={() => start(() => room.session.request('cpr.mark', { mark }))}
          >
            {t(`cpr.mark.${mark}`)}
          </button>
        ))}
      </div>
    </div>
  );
}
