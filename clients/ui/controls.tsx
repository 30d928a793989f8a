/** Buttons, fields and banners as the pages use them. */
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  /** Read by screen readers and shown on hover. */
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly class?: string;
  readonly shortcut?: string;
}

/** A button whose only face is an icon. */
export function IconButton(props: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`button icon-only ${props.class ?? ''}`}
      aria-label={props.label}
      aria-pressed={props.pressed}
      aria-keyshortcuts={props.shortcut}
      title={props.shortcut === undefined ? props.label : `${props.label} (${props.shortcut})`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  /** Given the ids to put on the control. */
  readonly children: (ids: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean | undefined;
  }) => ComponentChildren;
}

/** Label, control, hint and error, tied together for screen readers. */
export function Field(props: FieldProps): JSX.Element {
  const id = useId();
  const hintId = props.hint === undefined ? '' : `${id}-hint`;
  const errorId = props.error === undefined ? '' : `${id}-error`;
  const describedBy = `${hintId} ${errorId}`.trim();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': props.error === undefined ? undefined : true,
      })}
      {props.hint === undefined ? null : (
        <p class="hint" id={hintId}>
          {props.hint}
        </p>
      )}
      {props.error === undefined ? null : (
        <p class="field-error" id={errorId} role="alert">
          <Icon name="warn" />
          <span>{props.error}</span>
        </p>
      )}
    </div>
  );
}

const bannerIcons = { note: 'info', good: 'check', warn: 'warn', bad: 'warn' } as const;

/** A sentence about the state of the page with, at most, one thing to do about it. */
export function Banner(props: {
  kind: keyof typeof bannerIcons;
  children: ComponentChildren;
  action?: ComponentChildren;
  icon?: IconName;
  role?: 'status' | 'alert';
}): JSX.Element {
  return (
    <div class={`banner ${props.kind}`} role={props.role}>
      <Icon name={props.icon ?? bannerIcons[props.kind]} />
      <div class="grow">{props.children}</div>
      {props.action}
    </div>
  );
}

export function PanelTitle(props: { icon: IconName; children: ComponentChildren; id?: string }): JSX.Element {
  return (
    <h2 class="panel-title" id={props.id}>
      <Icon name={props.icon} />
      <span>{props.children}</span>
    </h2>
  );
}

export function Tag(props: {
  kind?: 'good' | 'warn' | 'bad' | 'note';
  icon?: IconName;
  title?: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <span class={`tag ${props.kind ?? ''}`} title={props.title}>
      {props.icon === undefined ? null : <Icon name={props.icon} />}
      <span class="one-line">{props.children}</span>
    </span>
  );
}

/** The value of the control an input event came from. */
export function inputValue(event: Event): string {
  const control = event.currentTarget;
  if (
    control instanceof HTMLInputElement ||
    control instanceof HTMLSelectElement ||
    control instanceof HTMLTextAreaElement
  ) {
    return control.value;
  }
  return '';
}

export function checkedOf(event: Event): boolean {
  return event.currentTarget instanceof HTMLInputElement && event.currentTarget.checked;
}
