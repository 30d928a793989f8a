/** Live regions: what changed is said to screen readers, and notices stand at the foot of the page for a while. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { t } from '../i18n/index.ts';
import { errorText } from './error-text.ts';
import { Icon } from './icons.tsx';

interface Notice {
  readonly id: number;
  readonly kind: 'info' | 'bad' | 'good';
  readonly text: string;
}

const polite = signal('');
const assertive = signal('');
const notices = signal<readonly Notice[]>([]);
const noticeMs = 8000;
let count = 0;

/** Says something to screen readers only; `urgent` interrupts. */
export function announce(text: string, how: 'calm' | 'urgent' = 'calm'): void {
  const region = how === 'urgent' ? assertive : polite;
  // The same words twice are not spoken twice unless the text of the region changes.
  region.value = region.value === text ? `${text} ` : text;
}

/** Shows and says something for some seconds. */
export function tell(text: string, kind: Notice['kind'] = 'info'): void {
  count += 1;
  const id = count;
  notices.value = [...notices.value.slice(-2), { id, kind, text }];
  announce(text, kind === 'bad' ? 'urgent' : 'calm');
  setTimeout(() => dismiss(id), noticeMs);
}

function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Runs an action of a person; what goes wrong is told in a sentence. Answers whether it went well. */
export async function act(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    tell(errorText(error), 'bad');
    return false;
  }
}

/** The same for event handlers, which cannot wait. */
export function start(action: () => Promise<unknown>): void {
  void act(action);
}

const noticeIcons = { info: 'info', bad: 'warn', good: 'check' } as const;

export function Announcer(): JSX.Element {
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">
        {polite.value}
      </div>
      <div class="visually-hidden" role="alert" aria-live="assertive">
        {assertive.value}
      </div>
      <section class="notices" aria-label={t('notices.label')}>
        {notices.value.map((notice) => (
          <div key={notice.id} class={`notice ${notice.kind}`}>
            <Icon name={noticeIcons[notice.kind]} />
            <span class="grow">{notice.text}</span>
            <button
              type="button"
              class="button quiet icon-only small-button"
              aria-label={t('common.dismiss')}
              onClick={() => dismiss(notice.id)}
            >
              <Icon name="close" />
            </button>
          </div>
        ))}
      </section>
    </>
  );
}
