/** The way out of an in-app browser that keeps its camera to itself: an arrow to its menu, and the link to copy. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../texts/index.ts';

export function WayOut() {
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle');
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    setState((await copied(location.href)) ? 'copied' : 'by-hand');
  };
  return (
    <div class="way-out">
      <h2>{t('wayOutTitle')}</h2>
      <Arrow />
      <p>{t('wayOutText')}</p>
      <button
        type="button"
        class="key main"
        onClick={() => {
          copy().catch(() => setState('by-hand'));
        }}
      >
        {t('copyKey')}
      </button>
      {state === 'copied' && <p role="status">{t('copied')}</p>}
      {state === 'by-hand' && (
        <label>
          {t('copyByHand')}
          <input
            ref={field}
            readOnly
            value={location.href}
            onFocus={() => field.current?.select()}
            autocomplete="off"
          />
        </label>
      )}
    </div>
  );
}

/** By the clipboard where there is one, else as pages copied before there was. */
async function copied(text: string): Promise<boolean> {
  const clipboard: Partial<Clipboard> | undefined = navigator.clipboard;
  if (clipboard?.writeText) {
    const done = await clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (done) return true;
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'said';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

function Arrow() {
  return (
    <svg class="arrow" viewBox="0 0 120 64" role="img" aria-label={t('wayOutArrow')}>
      <path
        d="M8 58 C 40 60, 84 48, 104 16"
        fill="none"
        stroke="currentColor"
        stroke-width="6"
        stroke-linecap="round"
      />
      <path
        d="M84 16 L106 10 L112 34"
        fill="none"
        stroke="currentColor"
        stroke-width="6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle cx="60" cy="14" r="3.5" fill="currentColor" />
      <circle cx="70" cy="14" r="3.5" fill="currentColor" />
      <circle cx="80" cy="14" r="3.5" fill="currentColor" />
    </svg>
  );
}
