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
import { canChooseOutput, TickLine } from './tick-line.ts';
import { useBeats } from './use-metronome.ts';

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

function useTickLine(): {
  line: TickLine | undefined;
  open(deviceId: string): Promise<void>;
  close(): Promise<void>;
} {
  const [line, setLine] = useState<TickLine>();
  useBeats(line !== undefined, {
    beat: (beat) => line?.tick(beat.at, beat.endsCycle),
    look: () => line?.look(),
    cancel: () => line?.cancel(),
  });
  useEffect(() => {
    if (line === undefined) return undefined;
    return () => {
      line.close().catch((error: unknown) => console.warn('the tick did not close', error));
    };
  }, [line]);
  return {
    line,
    async open(deviceId) {
      try {
        setLine(await TickLine.open(deviceId));
        writePreference('tickOutput', deviceId);
      } catch (error) {
        console.warn('the tick did not open', error);
        tell(t('tick.failed'), 'bad');
      }
    },
    async close() {
      setLine(undefined);
    },
  };
}

export function TickKeys(): JSX.Element {
  const outputs = useOutputs();
  const { line, open, close } = useTickLine();
  const [chosen, setChosen] = useState(readPreference('tickOutput') ?? '');
  const known = outputs.some(({ deviceId }) => deviceId === chosen) ? chosen : '';
  const choose = (deviceId: string) => {
    setChosen(deviceId);
    if (line !== undefined) start(() => open(deviceId));
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
        aria-pressed={line !== undefined}
        onClick={() => start(() => (line === undefined ? open(known) : close()))}
      >
        <Icon name={line === undefined ? 'speaker' : 'speaker-off'} />
        {t(line === undefined ? 'tick.start' : 'tick.stop')}
      </button>
    </div>
  );
}
