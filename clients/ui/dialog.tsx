/** A modal dialog: the browser's own `<dialog>` keeps the focus inside; it goes back to where it was on closing. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { IconButton } from './controls.tsx';

export function Dialog(props: {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const close = useRef(props.onClose);
  close.current = props.onClose;
  useEffect(() => {
    const before = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    // What the dialog asks for comes before the key that closes it.
    dialog?.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea, button)')?.focus();
    // A click on the backdrop reports the dialog itself as its target; Escape does the same from the keyboard.
    const onClick = (event: MouseEvent) => {
      if (event.target === dialog) close.current();
    };
    dialog?.addEventListener('click', onClick);
    return () => {
      dialog?.removeEventListener('click', onClick);
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={props.wide === true ? 'dialog wide' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={titleId}>{props.title}</h2>
        <IconButton class="quiet" icon="close" label={t('common.close')} onClick={props.onClose} />
      </div>
      <div class="dialog-body">{props.children}</div>
    </dialog>
  );
}
