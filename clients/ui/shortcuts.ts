/** Single-key shortcuts: off while someone types, and switched off altogether by whoever speaks to their computer. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { readPreference, writePreference } from '../storage/preferences.ts';

/** WCAG 2.2, 2.1.4: single-character shortcuts can be turned off. */
export const shortcutsOn = signal(readPreference('shortcuts') !== 'off');

export function setShortcutsOn(on: boolean): void {
  shortcutsOn.value = on;
  writePreference('shortcuts', on ? 'on' : 'off');
}

/** Whether a key press belongs to what has the focus rather than to the page. */
export function belongsToControl(
  target: { tagName: string; isContentEditable: boolean },
  key: string,
): boolean {
  if (target.isContentEditable || ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName)) return true;
  // Space presses a focused button; arrows move within tabs and lists.
  return ['BUTTON', 'A', 'SUMMARY'].includes(target.tagName) && (key === ' ' || key.startsWith('Arrow'));
}

/** `onKey` answers whether it used the key. Keys with Ctrl, Alt or Meta stay the browser's. */
export function useShortcuts(onKey: (key: string, event: KeyboardEvent) => boolean): void {
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!shortcutsOn.value || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey)
        return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (event.target instanceof HTMLElement && belongsToControl(event.target, event.key)) return;
      if (latest.current(event.key, event)) event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
