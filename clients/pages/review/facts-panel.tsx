/** Every event of the room in order; the one at the playhead is marked and kept in sight. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { errorText } from '../../ui/error-text.ts';
import { useChanges } from '../../ui/hooks.ts';
import { type FactLine, factLines } from './fact-view.ts';
import { MarkIcon } from './mark-shape.tsx';
import { clockAt, usePosition, useReviewing } from './reviewing.ts';

/** More rows than this make a page slow; those around the playhead are shown. */
const MOST_ROWS = 400;

function window(lines: readonly FactLine[], current: number): readonly FactLine[] {
  if (lines.length <= MOST_ROWS) return lines;
  const from = Math.max(0, Math.min(current - MOST_ROWS / 2, lines.length - MOST_ROWS));
  return lines.slice(from, from + MOST_ROWS);
}

function Row(props: { line: FactLine; current: boolean; past: boolean }): JSX.Element {
  const reviewing = useReviewing();
  const { line, current, past } = props;
  const clock = clockAt(reviewing, line.at);
  return (
    <li
      class={`fact${current ? ' current' : ''}${past ? '' : ' later'}`}
      aria-current={current ? 'true' : undefined}
    >
      <button type="button" class="fact-key" onClick={() => reviewing.player.seek(line.at)}>
        <time class="figures">
          <span class="visually-hidden">{t('facts.jump', { clock })}</span>
          <span aria-hidden="true">{clock}</span>
        </time>
        <MarkIcon kind={line.kind} />
        <span class="grow">
          <strong>{line.title}</strong>
          {line.detail === '' ? null : <span class="fact-detail">{line.detail}</span>}
        </span>
      </button>
    </li>
  );
}

export function FactsPanel(): JSX.Element {
  const reviewing = useReviewing();
  const { session, player, hidden } = reviewing;
  useChanges(session);
  const position = usePosition(player, 400);
  const { replay } = session;
  const all = useMemo(
    () => factLines(replay.entries, session.view.marks, replay.end),
    [replay, replay.lastSeq, session.view],
  );
  const lines = all.filter(({ kind }) => !hidden.has(kind));
  const current = lines.findLastIndex(({ at }) => at <= position + 30);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>('.current');
    const box = list.current?.closest<HTMLElement>('.tab-panel');
    if (row === null || row === undefined || box === null || box === undefined) return;
    // Scrolled by hand, so that the page itself stays where it is on a phone.
    box.scrollTop = row.offsetTop - box.offsetTop - box.clientHeight / 2;
  }, [current, lines.length, replay.lastSeq]);
  if (session.factsProblem !== undefined) {
    return <p class="panel">{t('play.factsLate', { why: errorText(session.factsProblem) })}</p>;
  }
  if (lines.length === 0)
    return <p class="panel soft">{all.length === 0 ? t('facts.none') : t('facts.hidden')}</p>;
  return (
    <ul class="facts" ref={list}>
      {window(lines, current).map((line) => (
        <Row key={line.key} line={line} current={line === lines[current]} past={line.at <= position + 30} />
      ))}
    </ul>
  );
}
