/** Voice as a second way to the commands that stand on the display. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { language } from '../../i18n/index.ts';
import { listen, type VoiceWay } from './recogniser.ts';
import { commandIn } from './spoken.ts';

export interface Sentence<C extends string> {
  readonly command: C;
  readonly says: readonly string[];
}

/** @returns how voice works here; undefined until that is known */
export function useVoiceCommands<C extends string>(
  sentences: readonly Sentence<C>[],
  run: (command: C) => void,
): VoiceWay | undefined {
  const [way, setWay] = useState<VoiceWay>();
  const latest = useRef({ sentences, run });
  latest.current = { sentences, run };
  const lang = language.value;
  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    const begin = async () => {
      const listening = await listen(lang, (alternatives) => {
        for (const words of alternatives) {
          const command = commandIn(words, latest.current.sentences);
          if (command !== undefined) return latest.current.run(command);
        }
      });
      if (left) return listening.stop();
      stop = listening.stop;
      setWay(listening.way);
    };
    begin().catch(() => setWay('unsupported'));
    return () => {
      left = true;
      stop?.();
    };
  }, [lang]);
  return way;
}
