/** One thin line above the picture: link, what is safely recorded, battery, and who draws. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { useRecording } from '../live/recording.tsx';
import { shortText } from '../live/recording-text.ts';
import { statusIcon, toneOf } from '../live/status-view.ts';
import type { DeviceStanding } from './use-standing.ts';

export function StatusLine(props: {
  battery: DeviceStanding['battery'];
  drawing: readonly string[];
  lost: boolean;
}): JSX.Element {
  const { connection, state } = useRoom();
  const recording = useRecording();
  const { status } = connection.value;
  const { battery, drawing } = props;
  return (
    <header class="glasses-status">
      {state.value.drill ? <strong class="warn">{t('drill.short')}</strong> : null}
      <span class={toneOf(status)} role="status">
        <Icon name={statusIcon(status)} />
        {t(`connection.${status}`)}
      </span>
      <span class={recording.kind === 'stalled' || recording.kind === 'away' ? 'bad' : ''}>
        <Icon name={recording.kind === 'off' || recording.kind === 'none' ? 'record-off' : 'record'} />
        <span class="figures">{shortText(state.value, recording)}</span>
      </span>
      <span class="grow" />
      {props.lost ? (
        <span class="warn" role="status">
          <Icon name="eye" />
          {t('glasses.lost')}
        </span>
      ) : null}
      {drawing.length === 0 ? null : (
        <strong role="status">{t('glasses.draws', { names: drawing.join(', ') })}</strong>
      )}
      {battery === undefined ? null : (
        <span class={battery.level <= 0.15 && !battery.charging ? 'bad' : ''}>
          <Icon name="battery" />
          <span class="figures">{Math.round(battery.level * 100)} %</span>
        </span>
      )}
    </header>
  );
}
