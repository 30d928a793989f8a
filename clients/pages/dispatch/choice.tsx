/** One of a few: keys with their digits, worked by a digit, by arrows or by hand. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export interface ChoiceOption<T extends string> {
  readonly value: T;
  readonly text: string;
}

export function Choice<T extends string>(props: {
  label: string;
  hint?: string;
  options: readonly ChoiceOption<T>[];
  /** Undefined until chosen. */
  value: T | undefined;
  onChange: (value: T) => void;
  /** Takes the focus when it becomes true: this is what is missing. */
  wanted?: boolean;
}): JSX.Element {
  const { options, value, wanted } = props;
  const name = useId();
  const group = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (wanted === true) group.current?.querySelector('input')?.focus();
  }, [wanted]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const option = /^[1-9]$/.test(event.key) ? options[Number(event.key) - 1] : undefined;
    if (option === undefined) return;
    event.preventDefault();
    props.onChange(option.value);
  };
  return (
    <fieldset
      class={wanted === true ? 'choice bare wanted' : 'choice bare'}
      ref={group}
      onKeyDown={onKeyDown}
    >
      <legend class="field-label">{props.label}</legend>
      {props.hint === undefined ? null : <p class="hint">{props.hint}</p>}
      <div class="choice-keys">
        {options.map((option, index) => (
          <label key={option.value} class="choice-key">
            <input
              type="radio"
              class="visually-hidden"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => props.onChange(option.value)}
            />
            <span class="key-cap" aria-hidden="true">
              {index + 1}
            </span>
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
