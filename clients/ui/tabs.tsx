/** Tabs after the ARIA pattern: arrows move, the panel follows the focus. */
import type { ComponentChildren, JSX } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons.tsx';

export interface TabItem<T extends string> {
  readonly name: T;
  readonly label: string;
  readonly icon: IconName;
  /** Something new in it; said as part of the label. */
  readonly badge?: number;
}

/** Index that a key leads to, or undefined for keys that are not for tabs. */
export function tabAfterKey(key: string, index: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (index + 1) % count;
  if (key === 'ArrowLeft') return (index - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}

export function Tabs<T extends string>(props: {
  label: string;
  items: readonly TabItem<T>[];
  current: T;
  onChange: (name: T) => void;
  children: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const index = props.items.findIndex((item) => item.name === props.current);
    const next = tabAfterKey(event.key, index, props.items.length);
    const item = next === undefined ? undefined : props.items[next];
    if (item === undefined) return;
    event.preventDefault();
    props.onChange(item.name);
    list.current?.querySelector<HTMLButtonElement>(`[data-tab="${item.name}"]`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={props.label} ref={list} onKeyDown={onKeyDown}>
        {props.items.map((item) => (
          <button
            type="button"
            key={item.name}
            class="tab"
            role="tab"
            id={`${id}-${item.name}`}
            data-tab={item.name}
            aria-selected={item.name === props.current}
            aria-controls={`${id}-panel`}
            tabIndex={item.name === props.current ? 0 : -1}
            onClick={() => props.onChange(item.name)}
          >
            <Icon name={item.icon} />
            <span>{item.label}</span>
            {item.badge === undefined || item.badge === 0 ? null : <span class="badge">{item.badge}</span>}
          </button>
        ))}
      </div>
      <div
        class="tab-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${props.current}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a panel that scrolls is reached by keyboard (ARIA tabs pattern).
        tabIndex={0}
      >
        {props.children}
      </div>
    </>
  );
}
