/** The fields of a dose with keys for common drugs: shared by orders and by what was given. */
import type { JSX } from 'preact';
import { formatNumber } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Field, inputValue } from '../../ui/controls.tsx';
import { COMMON_DRUGS, type Dose, parseDose, ROUTES, UNITS } from './dose.ts';

export interface DoseDraft {
  readonly name: string;
  readonly dose: string;
  readonly unit: string;
  readonly route: string;
}

export const emptyDose: DoseDraft = { name: '', dose: '', unit: 'mg', route: 'IV' };

/** The dose, when every field says enough for one. */
export function doseOf(draft: DoseDraft): Dose | undefined {
  const dose = parseDose(draft.dose);
  const name = draft.name.trim();
  return dose === undefined || name === '' ? undefined : { name, dose, unit: draft.unit, route: draft.route };
}

export function doseWords(drug: Dose): string {
  const digits = Number.isInteger(drug.dose) ? 0 : 2;
  return `${drug.name} ${formatNumber(drug.dose, digits)} ${drug.unit} ${drug.route}`;
}

export function DrugFields(props: { draft: DoseDraft; onChange: (draft: DoseDraft) => void }): JSX.Element {
  const { draft, onChange } = props;
  return (
    <div class="stack">
      <fieldset class="phrases bare" aria-label={t('drug.common')}>
        {COMMON_DRUGS.map((drug) => (
          <button
            type="button"
            key={drug.key}
            class="button phrase"
            aria-pressed={draft.name === t(`drug.${drug.key}`)}
            onClick={() =>
              onChange({
                name: t(`drug.${drug.key}`),
                dose: String(drug.dose),
                unit: drug.unit,
                route: drug.route,
              })
            }
          >
            {t(`drug.${drug.key}`)}
          </button>
        ))}
      </fieldset>
      <Field label={t('drug.name')}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            maxLength={120}
            value={draft.name}
            onInput={(event) => onChange({ ...draft, name: inputValue(event) })}
          />
        )}
      </Field>
      <div class="dose-row">
        <Field label={t('drug.dose')}>
          {(ids) => (
            <input
              {...ids}
              class="input figures"
              inputMode="decimal"
              maxLength={12}
              value={draft.dose}
              onInput={(event) => onChange({ ...draft, dose: inputValue(event) })}
            />
          )}
        </Field>
        <Field label={t('drug.unit')}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={draft.unit}
              onChange={(event) => onChange({ ...draft, unit: inputValue(event) })}
            >
              {UNITS.map((unit) => (
                <option key={unit} value={unit}>
                  {unit}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('drug.route')}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={draft.route}
              onChange={(event) => onChange({ ...draft, route: inputValue(event) })}
            >
              {ROUTES.map((route) => (
                <option key={route} value={route}>
                  {t(`route.${route}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </div>
  );
}
