/** "Take a photo": the phone's own camera app takes it, which works also where a page may not film. */
import { useState } from 'preact/hooks';
import type { Parts } from '../parts.ts';
import { asPhoto } from '../take-photo.ts';

const PHOTO_STATES = {
  sending: 'photoSending',
  waiting: 'photoWaiting',
  sent: 'photoSent',
  refused: 'photoRefused',
} as const;

/** @param taken what to do with it; left out: it is sent. */
export function PhotoKey(props: { parts: Parts; label?: string; taken?: (photo: Blob) => void }) {
  const { parts, label, taken } = props;
  const { photos, say } = parts;
  const [bad, setBad] = useState(false);
  const newest = photos.states.value.at(-1);
  const take = (file: File) => {
    setBad(false);
    asPhoto(file)
      .then((photo) => {
        if (taken) taken(photo);
        else parts.sendPhoto(photo);
      })
      .catch(() => setBad(true));
  };
  return (
    <div class="live-photo">
      <label class="key">
        {label ?? say('photoKey')}
        <input
          type="file"
          accept="image/*"
          capture="environment"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) take(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {bad && <p role="alert">{say('photoBad')}</p>}
      {newest && !taken && (
        <p role="status" data-photo={newest.state}>
          {say(PHOTO_STATES[newest.state])}
        </p>
      )}
    </div>
  );
}
