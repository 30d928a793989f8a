/** Caps lock and the wait after too many attempts. */
import { useEffect, useState } from 'preact/hooks';
import { formatSpan } from '../../i18n/format.ts';

export function useCapsLock(): { on: boolean; onKey: (event: KeyboardEvent) => void } {
  const [on, setOn] = useState(false);
  return { on, onKey: (event) => setOn(event.getModifierState('CapsLock')) };
}

/** Counts a wait down; `left` is undefined when there is none. */
export function useWait(): { left: string | undefined; startFor: (ms: number) => void } {
  const [until, setUntil] = useState<number>();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === undefined) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) setUntil(undefined);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return {
    left: until === undefined ? undefined : formatSpan(Math.max(1000, until - now)),
    startFor: (ms) => {
      setNow(Date.now());
      setUntil(Date.now() + ms);
    },
  };
}
