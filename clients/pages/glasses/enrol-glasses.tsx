/** Makes glasses part of a unit by six digits: said, touched, turned with two keys, or read from a QR code by the camera. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { writePreference } from '../../storage/preferences.ts';
import { announce } from '../../ui/announcer.tsx';
import { errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { me } from '../../ui/me.ts';
import { useServices } from '../../ui/services.ts';
import { back, CODE_DIGITS, type CodeEntry, isWhole, NO_CODE, take, turn } from './code-wheel.ts';
import { scanCode } from './scan-code.ts';
import { useTwoKeys } from './use-two-keys.ts';
import { useVoiceCommands } from './use-voice-commands.ts';

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** What was entered or read, and what became of it. */
function useCode(first: string): {
  entry: CodeEntry;
  /** A code is with the server. */
  asking: boolean;
  problem: string | undefined;
  change: (change: (entry: CodeEntry) => CodeEntry) => void;
  read: (code: string) => void;
} {
  const services = useServices();
  const [entry, setEntry] = useState<CodeEntry>(NO_CODE);
  const [problem, setProblem] = useState<string>();
  const [code, setCode] = useState(first);
  useEffect(() => {
    if (isWhole(entry)) setCode(entry.digits);
  }, [entry]);
  useEffect(() => {
    if (code === '') return;
    const name = t('glasses.deviceName');
    services.http.enrolDevice(code, name).then(
      (enrolled) => {
        writePreference('deviceName', name);
        // The code has done what it was for, and is not left in the address.
        history.replaceState(null, '', location.pathname);
        me.value = enrolled;
      },
      (error: unknown) => {
        const why = errorText(error);
        setProblem(why);
        announce(why, 'urgent');
        setEntry(NO_CODE);
        setCode('');
      },
    );
  }, [code, services]);
  const change = useCallback((next: (entry: CodeEntry) => CodeEntry) => {
    setProblem(undefined);
    setEntry(next);
  }, []);
  return { entry, asking: code !== '', problem, change, read: setCode };
}

/** The camera looks for a QR code for as long as the page stands. */
function useScan(found: (code: string) => void): boolean {
  const services = useServices();
  const [looks, setLooks] = useState(false);
  useEffect(() => {
    const stopper = new AbortController();
    const look = async () => {
      const capture = await services.capture();
      const code = await scanCode(capture, stopper.signal, () => setLooks(true));
      if (code !== undefined) found(code);
    };
    // Without a camera or a reader of codes there are the other three ways.
    look().catch(() => setLooks(false));
    return () => stopper.abort();
  }, [services, found]);
  return looks;
}

function Places(props: { entry: CodeEntry }): JSX.Element {
  const { digits, wheel } = props.entry;
  return (
    <p class="code-places figures">
      <span class="visually-hidden">{t('glasses.code.entered', { n: digits.length, all: CODE_DIGITS })}</span>
      {DIGITS.slice(0, CODE_DIGITS).map((place) => (
        <span
          key={place}
          aria-hidden="true"
          class={place === digits.length ? 'now' : place < digits.length ? 'done' : ''}
        >
          {digits[place] ?? (place === digits.length ? wheel : '·')}
        </span>
      ))}
    </p>
  );
}

export function EnrolGlasses(props: { code: string }): JSX.Element {
  const heading = usePageTitle(t('glasses.enrol.title'));
  const { entry, asking, problem, change, read } = useCode(props.code);
  const looks = useScan(read);
  useTwoKeys((action) => {
    if (action === 'next') change(turn);
    if (action === 'do') change((now) => take(now));
    if (action === 'hold') change(back);
  });
  useVoiceCommands(
    [
      ...DIGITS.map((digit) => ({
        command: String(digit),
        says: [t('glasses.say.digit', { n: digit }), String(digit)],
      })),
      { command: 'back', says: [t('glasses.say.back')] },
    ],
    (command) => change((now) => (command === 'back' ? back(now) : take(now, Number(command)))),
  );
  return (
    <main class="glasses glasses-enrol" id="main">
      <h1 ref={heading} tabIndex={-1}>
        {t('glasses.enrol.title')}
      </h1>
      <Places entry={entry} />
      <p role="status" class={problem === undefined ? 'soft' : 'bad'}>
        {problem ?? (asking ? t('glasses.enrol.asking') : t('glasses.enrol.text'))}
      </p>
      <div class="code-keys">
        {DIGITS.map((digit) => (
          <button
            key={digit}
            type="button"
            class={`button figures${digit === entry.wheel ? ' current' : ''}`}
            data-wml-speech-command={t('glasses.say.digit', { n: digit })}
            onClick={() => change((now) => take(now, digit))}
          >
            {digit}
          </button>
        ))}
        <button
          type="button"
          class="button"
          data-wml-speech-command={t('glasses.say.back')}
          onClick={() => change(back)}
        >
          <Icon name="back" />
          <span>{t('glasses.say.back')}</span>
        </button>
      </div>
      <p class="small soft">{looks ? t('glasses.enrol.scan') : t('glasses.enrol.keys')}</p>
    </main>
  );
}
