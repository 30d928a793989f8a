/** What the dispatcher asks, each with two keys; and a word for what the phone did by itself. */
import { useEffect, useState } from 'preact/hooks';
import type { AskState } from '../../../../signaling/protocol/state-bystander.ts';
import type { Done } from '../ask-runner.ts';
import type { Parts } from '../parts.ts';
import type { Key } from '../texts/index.ts';
import { PhotoKey } from './photo-key.tsx';

const DONE_MS = 6000;

const QUESTIONS: Readonly<Record<AskState['what'], readonly [Key, Key]>> = {
  camera: ['askCamera', 'askCameraKey'],
  photo: ['askPhoto', 'askPhotoKey'],
  microphone: ['askMicrophone', 'askMicrophoneKey'],
  location: ['askLocation', 'askLocationKey'],
  sound: ['askSound', 'askSoundKey'],
  'second-phone': ['askSecond', 'askSecondKey'],
  torch: ['askOther', 'askYes'],
  zoom: ['askOther', 'askYes'],
  flip: ['askOther', 'askYes'],
};

export function Asks(props: { parts: Parts }) {
  const { asks } = props.parts;
  return (
    <>
      {asks.waiting.value.map((ask) => (
        <Ask key={ask.askId} parts={props.parts} ask={ask} />
      ))}
    </>
  );
}

function Ask(props: { parts: Parts; ask: AskState }) {
  const { parts, ask } = props;
  const { asks, host, say } = parts;
  const [question, yes] = QUESTIONS[ask.what];
  useEffect(() => host.announce(`${say('askTitle')}: ${say(question)}`), []);
  return (
    <section class="panel live-ask" data-ask={ask.what}>
      <h2>{say('askTitle')}</h2>
      <p>{say(question)}</p>
      {ask.what === 'photo' ? (
        <PhotoKey parts={parts} label={say(yes)} taken={(photo) => parts.answerPhoto(ask, photo)} />
      ) : (
        <button type="button" class="key main" onClick={() => asks.agree(ask)}>
          {say(yes)}
        </button>
      )}
      <button type="button" class="key" onClick={() => asks.refuse(ask)}>
        {say('askNo')}
      </button>
    </section>
  );
}

function doneKey({ ask, outcome }: Done): Key {
  if (outcome !== 'done') return 'didNot';
  switch (ask.what) {
    case 'torch':
      return ask.on === false ? 'didTorchOff' : 'didTorchOn';
    case 'zoom':
      return 'didZoom';
    case 'flip':
      return 'didFlip';
    case 'photo':
      return 'didPhoto';
    default:
      return 'didOther';
  }
}

/** Shown for a moment, so that nothing is done behind the person's back. */
export function DoneNote(props: { parts: Parts }) {
  const { asks, host, say } = props.parts;
  const done = asks.done.value;
  const [shown, setShown] = useState<Done>();
  useEffect(() => {
    if (!done) return;
    setShown(done);
    host.announce(say(doneKey(done)));
    const timer = setTimeout(() => setShown(undefined), DONE_MS);
    return () => clearTimeout(timer);
  }, [done]);
  return shown ? <p class="live-did">{say(doneKey(shown))}</p> : null;
}
