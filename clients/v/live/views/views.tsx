/** The three places of the live part in the shell's page: the picture above the help, the talk below it, the photo. */
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import '../live.css';
import { ANSWER_PHRASES } from '../../../../signaling/protocol/phrases.ts';
import type { Parts } from '../parts.ts';
import { phraseIn, timeOf } from '../texts/index.ts';
import { wordsOf } from '../words.ts';
import { Asks, DoneNote } from './asks.tsx';
import { LargeWord } from './large-word.tsx';
import { PhotoKey } from './photo-key.tsx';
import { Demonstrated, OwnPicture } from './pictures.tsx';
import { SecondPhonePanel } from './second-panel.tsx';

interface Given {
  readonly parts: Parts;
}

export function pictureOf(parts: Parts): ComponentType {
  return () => (
    <>
      <LargeWord parts={parts} />
      <Demonstrated parts={parts} />
      <Asks parts={parts} />
      <OwnPicture parts={parts} />
      <DoneNote parts={parts} />
    </>
  );
}

export function photoOf(parts: Parts): ComponentType {
  return () => <PhotoKey parts={parts} />;
}

export function talkOf(parts: Parts): ComponentType {
  return () => (
    <section class="panel live-talk">
      <h2>{parts.say('talkTitle')}</h2>
      <Words parts={parts} />
      <Phrases parts={parts} />
      <Write parts={parts} label={parts.say('talkType')} send={(text) => parts.tell(text)} />
      <Place parts={parts} />
      <PhotoKey parts={parts} />
      <SecondPhonePanel parts={parts} />
    </section>
  );
}

function Words({ parts }: Given) {
  const { line, host, say } = parts;
  const words = wordsOf(line.state.value, line.own.peerId);
  const language = host.language.value;
  if (words.length === 0) return null;
  return (
    <ol class="live-words">
      {words.map(({ messageId, own, name, text, phrase, utc }) => (
        <li key={messageId} class={own ? 'own' : undefined}>
          <span class="live-who">
            {own ? say('talkOwn') : name} {timeOf(language, utc).slice(0, 5)}
            {own ? ` · ${say(own === 'seen' ? 'talkSeen' : 'talkSent')}` : ''}
          </span>
          <p>{phrase ? phraseIn(language, phrase) : text}</p>
        </li>
      ))}
    </ol>
  );
}

function Phrases({ parts }: Given) {
  const language = parts.host.language.value;
  return (
    <ul class="live-phrases" aria-label={parts.say('talkPhrases')}>
      {ANSWER_PHRASES.map((phrase) => (
        <li key={phrase}>
          <button type="button" class="key small" onClick={() => parts.tellPhrase(phrase)}>
            {phraseIn(language, phrase)}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** One line of text and its key. */
export function Write(props: { parts: Parts; label: string; send(text: string): void }) {
  const { parts, label, send } = props;
  const [text, setText] = useState('');
  const words = text.trim();
  return (
    <form
      class="live-write"
      onSubmit={(event) => {
        event.preventDefault();
        if (words === '') return;
        send(words);
        setText('');
      }}
    >
      <label>
        {label}
        <input
          type="text"
          value={text}
          maxLength={500}
          autoComplete="off"
          enterKeyHint="send"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="key small" disabled={words === ''}>
        {parts.say('talkSend')}
      </button>
    </form>
  );
}

function Place({ parts }: Given) {
  const { whereabouts, say } = parts;
  const fix = whereabouts.fix.value;
  switch (whereabouts.state.value) {
    case 'off':
      return (
        <button type="button" class="key" onClick={() => whereabouts.start()}>
          {say('placeKey')}
        </button>
      );
    case 'asked':
      return <p role="status">{say('placeAsked')}</p>;
    case 'known':
      return fix ? <p>{say('placeKnown', { metres: fix.accuracyM })}</p> : null;
    default:
      return (
        <>
          <p>{say('placeRefused')}</p>
          <Write
            parts={parts}
            label={say('placeType')}
            send={(place) => parts.tell(say('placeSent', { place }))}
          />
        </>
      );
  }
}
