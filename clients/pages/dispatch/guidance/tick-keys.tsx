/** The tick into the dispatcher's telephone line: which output leads there, on and off. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { CaptureDevice } from '../../../core/types.ts';
import { t } from '../../../i18n/index.ts';
import { readPreference, writePreference } from '../../../storage/preferences.ts';
import { start, tell } from '../../../ui/announcer.tsx';
import { Field, inputValue } from '../../../ui/controls.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { useServices } from '../../../ui/services.ts';
import { useRoom } from '../../live/live-room.ts';
import { canChooseOutput } from './tick-line.ts';
import { startTick, stopTick, ticking } from './tick-player.ts';

/** Outputs with a name of their own; browsers name them once a microphone was allowed. */
function useOutputs(): readonly CaptureDevice[] {
  const services = useServices();
  const [outputs, setOutputs] = useState<readonly CaptureDevice[]>([]);
  useEffect(() => {
    if (!canChooseOutput()) return;
    start(async () => {
      const devices = await (await services.capture()).listDevices();
      setOutputs(devices.filter(({ kind, deviceId }) => kind === 'loudspeaker' && deviceId !== ''));
    });
  }, [services]);
  return outputs;
}

async function open(room: ReturnType<typeof useRoom>, deviceId: string): Promise<void> {
  try {
    await startTick(room, deviceId);
    writePreference('tickOutput', deviceId);
  } catch (error) {
    console.warn('the tick did not open', error);
    tell(t('tick.failed'), 'bad');
  }
}

export function TickKeys(): JSX.Element {
  const outputs = useOutputs();
  const room = useRoom();
  const on = ticking.value?.roomId === room.session.roomId;
  const [chosen, setChosen] = useState(readPreference('tickOutput') ?? '');
  const known = outputs.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  const choose = (deviceId: string) => {
    setChosen(deviceId);
    if (on) start(() => open(room, deviceId));
  };
  return (
    <div class="stack tight">
      <Field label={t('tick.output')} hint={t(canChooseOutput() ? 'tick.hint' : 'tick.onlySystem')}>
        {(ids) => (
          <select
            {...ids}
            class="input"
            value={known}
            disabled={!canChooseOutput()}
            onChange={(event) => choose(inputValue(event))}
          >
            <option value="">{t('devices.system')}</option>
            {outputs.map((output, index) => (
              <option key={output.deviceId} value={output.deviceId}>
                {output.label === '' ? t('devices.unnamed', { n: index + 1 }) : output.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button
        type="button"
        class="button small-button"
        onClick={() => (on ? stopTick() : start(() => open(room, known)))}
      >
        <Icon name={on ? 'speaker-off' : 'speaker'} />
        {t(on ? 'tick.stop' : 'tick.start')}
      </button>
    </div>
  );
}
