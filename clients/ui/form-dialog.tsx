/** A dialog that asks for something and has two ends: cancel, or the one key that does it. */
import type { ComponentChildren, JSX } from 'preact';
import { t } from '../i18n/index.ts';
import { Dialog } from './dialog.tsx';

export function FormDialog(props: {
  title: string;
  /** On the key that does it. */
  submit: string;
  onSubmit: () => void;
  onClose: () => void;
  /** False while something is missing or under way. */
  ready?: boolean;
  danger?: boolean;
  /** Keys large enough for gloves. */
  gloves?: boolean;
  children: ComponentChildren;
}): JSX.Element {
  const size = props.gloves === true ? ' gloves' : '';
  const ready = props.ready ?? true;
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          // Enter in a field submits too, whatever the key says.
          if (ready) props.onSubmit();
        }}
      >
        {props.children}
        <div class="dialog-actions">
          <button type="button" class={`button${size}`} onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button
            type="submit"
            class={`button ${props.danger === true ? 'danger' : 'primary'}${size}`}
            disabled={!ready}
          >
            {props.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
