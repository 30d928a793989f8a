/** What the shapes and bands of the time bar mean; each kind of event is also a switch. */
import type { JSX } from 'preact';
import { MARK_KINDS, type MarkKind } from '../../core/review/marks.ts';
import { t } from '../../i18n/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { MarkIcon } from './mark-shape.tsx';
import { useReviewing } from './reviewing.ts';
import { bandSorts } from './timeline-view.ts';

export function Legend(): JSX.Element {
  const { session, player, hidden, setHidden } = useReviewing();
  useChanges(session);
  useChanges(player);
  const { marks } = session.view;
  const kinds = MARK_KINDS.filter((kind) => marks.some((mark) => mark.kind === kind));
  const toggle = (kind: MarkKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  const sorts = bandSorts(player.lanes.flatMap((lane) => lane.gaps));
  return (
    <div class="bar-legend">
      <fieldset class="bare row tight-row" aria-label={t('bar.legend')}>
        {kinds.map((kind) => (
          <button
            type="button"
            key={kind}
            class="legend-key"
            aria-pressed={!hidden.has(kind)}
            onClick={() => toggle(kind)}
          >
            <MarkIcon kind={kind} />
            <span>{t(`mark.${kind}`)}</span>
            <span class="figures soft">{marks.filter((mark) => mark.kind === kind).length}</span>
          </button>
        ))}
      </fieldset>
      {sorts.length === 0 ? null : (
        <ul class="row legend-bands">
          {sorts.map((sort) => (
            <li key={sort} class="small soft">
              <span class={`band-sample ${sort}`} aria-hidden="true" />
              {t(`bar.${sort}`)}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
