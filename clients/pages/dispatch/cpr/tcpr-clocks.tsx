/** The clocks of telephone CPR with their limits, each set by one key. */
import type { JSX } from 'preact';
import type { TcprLimits } from '../../../../signaling/protocol/tcpr.ts';
import { tcprClocks } from '../../../core/cpr/tcpr.ts';
import { t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { PanelTitle } from '../../../ui/controls.tsx';
import { useRoom } from '../../live/live-room.ts';
import { roomUtc } from '../use-progress.ts';
import { clockText } from './cpr-view.ts';
import { useSeconds } from './use-seconds.ts';

export function TcprClocks(props: { limits: TcprLimits }): JSX.Element {
  const room = useRoom();
  useSeconds();
  const state = room.state.value;
  const answered = state.timeNodes.find(({ node }) => node === 'call-answered')?.at;
  return (
    <div class="stack tcpr-clocks">
      <PanelTitle icon="clock">{t('tcpr.title')}</PanelTitle>
      {answered === undefined ? (
        <p class="small soft">{t('tcpr.notAnswered')}</p>
      ) : (
        <ul>
          {tcprClocks(answered, state.bystander.cpr.clocks, roomUtc(room), props.limits).map((each) => (
            <li key={each.clock} class={each.late ? 'bad' : each.soon ? 'warn' : each.set ? 'good' : ''}>
              <span class="grow">
                {t(`tcpr.${each.clock}`)}
                {each.source === 'measured' ? <span class="small soft"> {t('tcpr.measured')}</span> : null}
              </span>
              <span class="figures">
                {clockText(each.ms)}
                {each.limitMs === undefined ? null : (
                  <span class="small soft"> / {clockText(each.limitMs)}</span>
                )}
                {each.late ? ` ${t('tcpr.late')}` : ''}
              </span>
              <button
                type="button"
                class="button small-button"
                aria-label={t('tcpr.setLabel', { name: t(`tcpr.${each.clock}`) })}
                onClick={() =>
                  start(() => room.session.request('tcpr.set', { clock: each.clock, source: 'key' }))
                }
              >
                {t(each.set ? 'tcpr.again' : 'tcpr.set')}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
