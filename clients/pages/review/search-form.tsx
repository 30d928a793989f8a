/** The conditions of the list of recordings. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { type Option, SelectField, TextField } from '../../ui/fields.tsx';
import { useMediaQuery } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { useDirectory } from '../../ui/use-directory.ts';
import { type Conditions, emptyConditions, isEmpty } from './search-view.ts';

interface SearchProps {
  readonly conditions: Conditions;
  readonly onChange: (conditions: Conditions) => void;
  readonly onSearch: (conditions: Conditions) => void;
}

/** Choices take effect at once, text when it is whole. */
function More(props: SearchProps): JSX.Element {
  const { conditions, onChange, onSearch } = props;
  const directory = useDirectory();
  const set = (name: keyof Conditions) => (value: string) => onChange({ ...conditions, [name]: value });
  const choose = (name: keyof Conditions) => (value: string) => onSearch({ ...conditions, [name]: value });
  const any: Option = { value: '', text: t('review.f.any') };
  const units = directory?.units.map(({ unitId, name }) => ({ value: unitId, text: name })) ?? [];
  return (
    <div class="search-grid">
      <TextField kind="date" label={t('review.f.from')} value={conditions.from} onChange={choose('from')} />
      <TextField kind="date" label={t('review.f.to')} value={conditions.to} onChange={choose('to')} />
      <TextField
        label={t('review.f.incident')}
        value={conditions.incidentId}
        onChange={set('incidentId')}
        attributes={{ spellcheck: false, maxLength: 64 }}
      />
      <SelectField
        label={t('review.f.unit')}
        value={conditions.unitId}
        onChange={choose('unitId')}
        options={[any, ...units]}
      />
      <SelectField
        label={t('review.f.gaps')}
        value={conditions.gaps}
        onChange={choose('gaps')}
        options={[
          any,
          { value: 'with', text: t('review.f.gaps.with') },
          { value: 'without', text: t('review.f.gaps.without') },
        ]}
      />
      <SelectField
        label={t('review.f.drill')}
        value={conditions.drill === '' ? 'with' : conditions.drill}
        onChange={(value) => choose('drill')(value === 'with' ? '' : value)}
        options={(['with', 'without', 'only'] as const).map((value) => ({
          value,
          text: t(`review.f.drill.${value}`),
        }))}
      />
    </div>
  );
}

export function SearchForm(props: SearchProps): JSX.Element {
  const { conditions, onChange, onSearch } = props;
  const wide = useMediaQuery('(min-width: 901px)');
  const set = (name: keyof Conditions) => (value: string) => onChange({ ...conditions, [name]: value });
  return (
    <search>
      <form
        class="card stack"
        aria-label={t('review.filters')}
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(conditions);
        }}
      >
        <div class="search-first">
          <TextField
            label={t('review.f.person')}
            hint={t('review.f.wholeWord')}
            value={conditions.person}
            onChange={set('person')}
          />
          <TextField
            label={t('review.f.patient')}
            hint={t('review.f.wholeWord')}
            value={conditions.patient}
            onChange={set('patient')}
          />
          <SelectField
            label={t('review.f.reviewed')}
            value={conditions.reviewed}
            onChange={(value) => onSearch({ ...conditions, reviewed: value })}
            options={[
              { value: '', text: t('review.f.any') },
              { value: 'no', text: t('review.f.reviewed.no') },
              { value: 'yes', text: t('review.f.reviewed.yes') },
            ]}
          />
        </div>
        {/* Open where there is room; on a phone the list must not begin below the screen. */}
        <details open={wide}>
          <summary>
            <Icon name="mark-on" />
            {t('review.more')}
          </summary>
          <More {...props} />
        </details>
        <div class="row">
          <button type="submit" class="button primary">
            <Icon name="search" />
            {t('review.search')}
          </button>
          {isEmpty(conditions) ? null : (
            <button type="button" class="button quiet" onClick={() => onSearch({ ...emptyConditions })}>
              <Icon name="close" />
              {t('review.clear')}
            </button>
          )}
        </div>
      </form>
    </search>
  );
}
