/**
 * Commands by voice where the browser recognises on the device itself (Web Speech API, `processLocally`). A recogniser that sends
 * what is said beside a patient to anybody's server is never started. RealWear's own recogniser needs none of this: it reads
 * `data-wml-speech-command` at the keys.
 */

interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  start(): void;
  abort(): void;
}
interface RecognitionClass {
  new (): Recognition;
  available(options: { langs: readonly string[]; processLocally: boolean }): Promise<unknown>;
}

function isRecognitionClass(value: unknown): value is RecognitionClass {
  // Without `available` a browser cannot promise that nothing leaves the device.
  return typeof value === 'function' && 'available' in value && typeof value.available === 'function';
}

function recognitionClass(): RecognitionClass | undefined {
  const found: unknown = Reflect.get(globalThis, 'SpeechRecognition');
  return isRecognitionClass(found) ? found : undefined;
}

/** Words of the newest final result of an event, whatever the browser put into it. */
function heardIn(event: Event): readonly string[] {
  const results: unknown = Reflect.get(event, 'results');
  if (typeof results !== 'object' || results === null || !('length' in results)) return [];
  const last: unknown = Reflect.get(results, Number(results.length) - 1);
  if (typeof last !== 'object' || last === null || !('length' in last)) return [];
  if (Reflect.get(last, 'isFinal') !== true) return [];
  return Array.from({ length: Number(last.length) }, (_, index): unknown => Reflect.get(last, index))
    .map((alternative) =>
      typeof alternative === 'object' && alternative !== null && 'transcript' in alternative
        ? String(alternative.transcript)
        : '',
    )
    .filter((words) => words !== '');
}

/** Whether voice works here, and by whom. */
export type VoiceWay = 'device' | 'local' | 'unsupported';

/** RealWear's browser recognises by itself and says so in its name. */
export function hasOwnRecogniser(userAgent: string): boolean {
  return /RealWear|HMT-1|T2[12]G/i.test(userAgent);
}

/**
 * Listens until stopped; restarts where the browser ends by itself. Calls back with what may have been said, likeliest first.
 * @returns how it listens, and the function that stops it
 */
export async function listen(
  language: string,
  heard: (words: readonly string[]) => void,
): Promise<{ way: VoiceWay; stop: () => void }> {
  if (hasOwnRecogniser(navigator.userAgent)) return { way: 'device', stop: () => undefined };
  const Recogniser = recognitionClass();
  const available = await Recogniser?.available({ langs: [language], processLocally: true }).catch(
    // A policy of the page or device forbids it: then there is no voice.
    () => 'unavailable',
  );
  if (!Recogniser || available !== 'available') return { way: 'unsupported', stop: () => undefined };
  const recognition = new Recogniser();
  recognition.lang = language;
  recognition.continuous = true;
  recognition.interimResults = false;
  recognition.processLocally = true;
  let stopped = false;
  let failures = 0;
  recognition.addEventListener('result', (event) => {
    failures = 0;
    heard(heardIn(event));
  });
  recognition.addEventListener('error', () => {
    failures += 1;
  });
  recognition.addEventListener('end', () => {
    // It ends after each silence; one that fails again and again has no microphone, and the keys remain.
    if (!stopped && failures < 5) recognition.start();
  });
  recognition.start();
  return {
    way: 'local',
    stop: () => {
      stopped = true;
      recognition.abort();
    },
  };
}
