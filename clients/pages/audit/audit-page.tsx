/** The auditor's page: who did what, when and why; never a picture. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AuditPage as Page } from '../../../signaling/protocol/recordings.ts';
import { RecordingsApi } from '../../core/review/api.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Banner, Tag } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { TextField } from '../../ui/fields.tsx';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { Shell } from '../shell.tsx';
import { detailText, isIdOrEmpty } from './audit-view.ts';

type Entry = Page['entries'][number];
interface Filter {
  readonly roomId: string;
  readonly principalId: string;
}
interface Asked extends Filter {
  /** `before` of each page so far; the last one is shown. */
  readonly pages: readonly (number | undefined)[];
}

const PER_PAGE = 50;
const api = new RecordingsApi((input, init) => fetch(input, init));

function useAudit(asked: Asked): { page: Page | undefined; problem: unknown } {
  const [page, setPage] = useState<Page>();
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    let wanted = true;
    const { roomId, principalId, pages } = asked;
    api.audit({ roomId, principalId, before: pages.at(-1), limit: PER_PAGE }).then(
      (read) => {
        if (!wanted) return;
        setPage(read);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (wanted) setProblem(error);
      },
    );
    return () => {
      wanted = false;
    };
  }, [asked]);
  return { page, problem };
}

function FilterForm(props: { filter: Filter; onFilter: (filter: Filter) => void }): JSX.Element {
  const [roomId, setRoomId] = useState(props.filter.roomId);
  const [principalId, setPrincipalId] = useState(props.filter.principalId);
  useEffect(() => {
    setRoomId(props.filter.roomId);
    setPrincipalId(props.filter.principalId);
  }, [props.filter]);
  const wrong = (text: string) => (isIdOrEmpty(text) ? undefined : t('audit.badId'));
  return (
    <search>
      <form
        class="audit-filter"
        onSubmit={(event) => {
          event.preventDefault();
          if (isIdOrEmpty(roomId) && isIdOrEmpty(principalId))
            props.onFilter({ roomId: roomId.trim(), principalId: principalId.trim() });
        }}
      >
        <TextField label={t('audit.room')} value={roomId} onChange={setRoomId} error={wrong(roomId)} />
        <TextField
          label={t('audit.person')}
          value={principalId}
          onChange={setPrincipalId}
          error={wrong(principalId)}
        />
        <button type="submit" class="button primary">
          {t('audit.filter')}
        </button>
      </form>
    </search>
  );
}

function Row(props: { entry: Entry; filter: Filter; onFilter: (filter: Filter) => void }): JSX.Element {
  const { entry, filter, onFilter } = props;
  const { roomId } = entry;
  return (
    <tr class={entry.allowed ? undefined : 'denied'}>
      <td class="figures" data-label={t('audit.col.time')}>
        {formatDateTime(entry.utc)}
      </td>
      <td data-label={t('audit.col.who')}>
        <button
          type="button"
          class="link-button"
          title={t('audit.onlyPerson')}
          onClick={() => onFilter({ ...filter, principalId: entry.principalId })}
        >
          {entry.name ?? entry.principalId}
        </button>
      </td>
      <td data-label={t('audit.col.what')}>
        <code>{entry.action}</code>
        {entry.allowed ? null : (
          <Tag kind="bad" icon="warn">
            {t('audit.denied')}
          </Tag>
        )}
      </td>
      <td data-label={t('audit.col.room')}>
        {roomId === undefined ? null : (
          <button
            type="button"
            class="link-button id"
            title={t('audit.onlyRoom')}
            onClick={() => onFilter({ ...filter, roomId })}
          >
            {roomId}
          </button>
        )}
      </td>
      <td data-label={t('audit.col.why')}>{entry.reason}</td>
      <td class="small soft" data-label={t('audit.col.more')}>
        {detailText(entry.details)}
      </td>
    </tr>
  );
}

function Table(props: {
  entries: readonly Entry[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
}): JSX.Element {
  const columns = ['time', 'who', 'what', 'room', 'why', 'more'] as const;
  return (
    <section class="card flush audit-scroll" aria-label={t('audit.table')}>
      <table class="audit-table">
        <caption class="visually-hidden">{t('audit.table')}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {t(`audit.col.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.entries.map((entry) => (
            <Row key={entry.seq} entry={entry} filter={props.filter} onFilter={props.onFilter} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Paging(props: {
  asked: Asked;
  page: Page;
  onTurn: (pages: Asked['pages']) => void;
}): JSX.Element | null {
  const { pages } = props.asked;
  const last = props.page.entries.at(-1);
  const more = props.page.entries.length === PER_PAGE && last !== undefined;
  if (pages.length === 1 && !more) return null;
  return (
    <nav class="row spread" aria-label={t('review.pages')}>
      <button
        type="button"
        class="button"
        disabled={pages.length === 1}
        onClick={() => props.onTurn(pages.slice(0, -1))}
      >
        <Icon name="back" />
        {t('review.newer')}
      </button>
      <button
        type="button"
        class="button"
        disabled={!more}
        onClick={() => props.onTurn([...pages, last?.seq])}
      >
        {t('review.older')}
        <Icon name="mark-on" />
      </button>
    </nav>
  );
}

export function AuditPage(): JSX.Element {
  const heading = usePageTitle(t('audit.title'));
  const [asked, setAsked] = useState<Asked>({ roomId: '', principalId: '', pages: [undefined] });
  const { page, problem } = useAudit(asked);
  const filter = (next: Filter) => setAsked({ ...next, pages: [undefined] });
  return (
    <Shell>
      <div class="stack loose">
        <div class="stack tight">
          <h1 ref={heading} tabIndex={-1}>
            {t('audit.title')}
          </h1>
          <p class="soft">{t('audit.text')}</p>
        </div>
        {problem === undefined ? null : (
          <Banner kind="bad" role="alert">
            {errorText(problem)}
          </Banner>
        )}
        {page === undefined ? null : page.chain === 'whole' ? (
          <Banner kind="good" icon="seal">
            {t('audit.whole')}
          </Banner>
        ) : (
          <Banner kind="bad" role="alert">
            <strong>{t('audit.broken')}</strong>
          </Banner>
        )}
        <FilterForm filter={asked} onFilter={filter} />
        {page === undefined ? (
          problem === undefined ? (
            <div class="card recording-row skeleton" role="status" aria-label={t('audit.loading')} />
          ) : null
        ) : page.entries.length === 0 ? (
          <p class="card">{t('audit.none')}</p>
        ) : (
          <Table entries={page.entries} filter={asked} onFilter={filter} />
        )}
        {page === undefined ? null : (
          <Paging asked={asked} page={page} onTurn={(pages) => setAsked({ ...asked, pages })} />
        )}
      </div>
    </Shell>
  );
}
