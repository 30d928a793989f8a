/** A line of text and a choice, each with its label, hint and error. */
import type { JSX } from 'preact';
import { Field, inputValue } from './controls.tsx';

interface Labelled {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
}

/** What a line of text may have beside its value. */
interface TextAttributes {
  readonly name?: string;
  readonly autocomplete?: 'one-time-code' | 'username' | 'current-password' | 'new-password';
  readonly autocapitalize?: 'none' | 'characters';
  readonly spellcheck?: boolean;
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  readonly onKeyUp?: (event: KeyboardEvent) => void;
}

// An object for each, since the type of an input decides in its typing what else it may have.
const kinds = { text: { type: 'text' }, password: { type: 'password' }, date: { type: 'date' } } as const;

/** At most 120 characters, as labels of the protocol, unless `maxLength` says otherwise. */
export function TextField(
  props: Labelled & {
    readonly kind?: keyof typeof kinds;
    readonly class?: string;
    readonly attributes?: TextAttributes;
  },
): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(ids) => (
        <input
          maxLength={120}
          {...props.attributes}
          {...ids}
          {...kinds[props.kind ?? 'text']}
          class={props.class === undefined ? 'input' : `input ${props.class}`}
          value={props.value}
          onInput={(event) => props.onChange(inputValue(event))}
        />
      )}
    </Field>
  );
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

export function SelectField(
  props: Labelled & { readonly options: readonly Option[]; readonly required?: boolean },
): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(ids) => (
        <select
          {...ids}
          class="input"
          required={props.required}
          value={props.value}
          onChange={(event) => props.onChange(inputValue(event))}
        >
          {props.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
