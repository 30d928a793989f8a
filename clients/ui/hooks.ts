/** Small hooks that several pages share. */
import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** `Date.now()`, renewed every `everyMs` while the component is mounted. */
export function useNow(everyMs: number): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, now]);
  return now.value;
}

/** Sets the title of the document, and moves the focus to the page's heading, so that a change of page is noticed. */
export function usePageTitle(title: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · GoldenHour`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) heading.current?.focus();
  }, []);
  return heading;
}

/** What an event source shows now: renders again whenever `subscribe` calls back. */
export function useVersion(subscribe: (changed: () => void) => () => void): number {
  const [version, setVersion] = useState(0);
  useEffect(() => subscribe(() => setVersion((old) => old + 1)), [subscribe]);
  return version;
}

/** What `useChanges` follows: sources of either direction. */
interface Changing {
  on(name: 'change', listener: () => void): () => void;
}
const nothingToFollow = () => () => undefined;

/**
 * Renders the component again whenever the object says that it changed. Each component that reads such an object needs
 * it: one that reads signals is not rendered again by its parent while its props are the same objects.
 */
export function useChanges(object: Changing | undefined): void {
  const subscribe = useCallback(
    (changed: () => void) => object?.on('change', changed) ?? nothingToFollow(),
    [object],
  );
  useVersion(subscribe);
}

export function useMediaQuery(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const onChange = () => setMatches(list.matches);
    onChange();
    list.addEventListener('change', onChange);
    return () => list.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}

export function useOnline(): boolean {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const read = () => setOnline(navigator.onLine);
    window.addEventListener('online', read);
    window.addEventListener('offline', read);
    return () => {
      window.removeEventListener('online', read);
      window.removeEventListener('offline', read);
    };
  }, []);
  return online;
}
