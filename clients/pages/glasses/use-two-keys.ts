/** Listens to the two keys of a device for as long as it is mounted. */
import { useEffect, useRef } from 'preact/hooks';
import { fold, HOLD_MS, isOurs, type KeyAction, type KeyState } from './two-keys.ts';

export function useTwoKeys(onAction: (action: KeyAction) => void): void {
  const latest = useRef(onAction);
  latest.current = onAction;
  useEffect(() => {
    let state: KeyState = {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    const press = (type: 'down' | 'up' | 'timer', key: string) => {
      const next = fold(state, { type, key, at: performance.now() });
      if (next.state.downAt !== undefined && state.downAt === undefined)
        timer = setTimeout(() => press('timer', key), HOLD_MS + 1);
      if (next.state.downAt === undefined) clearTimeout(timer);
      state = next.state;
      if (next.action !== undefined) latest.current(next.action);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !isOurs(event.key)) return;
      // The keys belong to the page alone: a focused button must not be pressed a second time by the browser.
      event.preventDefault();
      press(event.type === 'keyup' ? 'up' : 'down', event.key);
    };
    const letGo = () => {
      clearTimeout(timer);
      state = {};
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('keyup', onKey);
    window.addEventListener('blur', letGo);
    return () => {
      letGo();
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('keyup', onKey);
      window.removeEventListener('blur', letGo);
    };
  }, []);
}
