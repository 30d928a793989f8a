/** The list of recordings with search and paging. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RecordingSummary } from '../../../signaling/protocol/recordings.ts';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useDirectory } from '../../ui/use-directory.ts';
import { Shell } from '../shell.tsx';
import { RecordingRow } from './recording-row.tsx';
import { recordings } from './recordings.ts';
import { SearchForm } from './search-form.tsx';
import { type Conditions, emptyConditions, isEmpty, searchOf } from './search-view.ts';

interface Answer {
  readonly rows: readonly RecordingSummary[];
  readonly before: string | undefined;
}
interface Asked {
  readonly conditions: Conditions;
  /** Where each page so far begins; the last one is shown. */
  readonly pages: readonly (string | undefined)[];
}

/** Asked once each time, since every search is written into the audit. */
function useRecordings(asked: Asked): { answer: Answer | undefined; problem: unknown; again: () => void } {
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<unknown>();
  const [count, setCount] = useState(0);
  useEffect(() => {
    let wanted = true;
    const read = () =>
      recordings.list(searchOf(asked.conditions, asked.pages.at(-1))).then(
        (list) => {
          if (!wanted) return;
          setAnswer({ rows: list.recordings, before: list.before });
          setProblem(undefined);
        },
        (error: unknown) => {
          if (wanted) setProblem(error);
        },
      );
    void read();
    return () => {
      wanted = false;
    };
  }, [asked, count]);
  return { answer, problem, again: () => setCount((old) => old + 1) };
}

function Nothing(props: { searched: boolean; onClear: () => void }): JSX.Element {
  return (
    <div class="empty card">
      <Icon name="film" />
      <p>
        <strong>{props.searched ? t('review.noneFound') : t('review.empty')}</strong>
      </p>
      <p>{props.searched ? t('review.noneFoundText') : t('review.emptyText')}</p>
      {props.searched ? (
        <button type="button" class="button" onClick={props.onClear}>
          {t('review.clear')}
        </button>
      ) : null}
    </div>
  );
}

/** Arrows go from one recording to the next, so that a long list is no row of Tabs. */
function onArrow(event: KeyboardEvent): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  if (!(event.currentTarget instanceof HTMLElement)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a.recording-open')];
  const at = links.findIndex((link) => link.matches(':focus'));
  const next = links[at + (event.key === 'ArrowDown' ? 1 : -1)];
  if (at === -1 || next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Rows(props: { rows: readonly RecordingSummary[] }): JSX.Element {
  const directory = useDirectory();
  const unitNames = new Map(directory?.units.map((unit) => [unit.unitId, unit.name]));
  return (
    <ul class="recording-list" aria-label={t('review.list')} onKeyDown={onArrow}>
      {props.rows.map((summary) => (
        <RecordingRow key={summary.recordingId} summary={summary} unitNames={unitNames} />
      ))}
    </ul>
  );
}

function Paging(props: {
  first: boolean;
  last: boolean;
  onNewer: () => void;
  onOlder: () => void;
}): JSX.Element | null {
  if (props.first && props.last) return null;
  return (
    <nav class="row spread" aria-label={t('review.pages')}>
      <button type="button" class="button" disabled={props.first} onClick={props.onNewer}>
        <Icon name="back" />
        {t('review.newer')}
      </button>
      <button type="button" class="button" disabled={props.last} onClick={props.onOlder}>
        {t('review.older')}
        <Icon name="mark-on" />
      </button>
    </nav>
  );
}

export function RecordingsPage(): JSX.Element {
  const heading = usePageTitle(t('review.title'));
  const [form, setForm] = useState<Conditions>({ ...emptyConditions });
  const [asked, setAsked] = useState<Asked>({ conditions: form, pages: [undefined] });
  const { answer, problem, again } = useRecordings(asked);
  const top = useRef<HTMLDivElement>(null);
  const search = (conditions: Conditions) => {
    setForm(conditions);
    setAsked({ conditions, pages: [undefined] });
  };
  const turn = (pages: Asked['pages']) => {
    setAsked({ ...asked, pages });
    top.current?.scrollIntoView();
  };
  return (
    <Shell>
      <div class="stack loose" ref={top}>
        <h1 ref={heading} tabIndex={-1}>
          {t('review.title')}
        </h1>
        <SearchForm conditions={form} onChange={setForm} onSearch={search} />
        {problem === undefined ? null : (
          <Banner
            kind="bad"
            role="alert"
            action={
              <button type="button" class="button" onClick={again}>
                {t('common.tryAgain')}
              </button>
            }
          >
            {errorText(problem)}
          </Banner>
        )}
        {answer === undefined && problem === undefined ? (
          <div class="stack" role="status" aria-label={t('review.loading')}>
            {[1, 2, 3].map((n) => (
              <div key={n} class="card recording-row skeleton" aria-hidden="true" />
            ))}
          </div>
        ) : null}
        {answer === undefined ? null : answer.rows.length === 0 ? (
          <Nothing searched={!isEmpty(asked.conditions)} onClear={() => search({ ...emptyConditions })} />
        ) : (
          <Rows rows={answer.rows} />
        )}
        {answer === undefined ? null : (
          <Paging
            first={asked.pages.length === 1}
            last={answer.before === undefined}
            onNewer={() => turn(asked.pages.slice(0, -1))}
            onOlder={() => turn([...asked.pages, answer.before])}
          />
        )}
      </div>
    </Shell>
  );
}
