/** The address bar as a signal. */
import { signal } from '@preact/signals';
import { parseRoute, type Route } from './route.ts';

function current(): Route {
  return parseRoute(location.pathname, location.search, location.hash);
}

export const route = signal<Route>({ page: 'not-found' });

/** Starts following the address bar. Returns the function that stops it. */
export function followAddress(): () => void {
  const read = () => {
    route.value = current();
  };
  read();
  window.addEventListener('popstate', read);
  window.addEventListener('hashchange', read);
  return () => {
    window.removeEventListener('popstate', read);
    window.removeEventListener('hashchange', read);
  };
}

/** Goes to a path of this site. */
export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(undefined, '', path);
  else history.replaceState(undefined, '', path);
  route.value = current();
  window.scrollTo(0, 0);
}

/** For `onClick` of links: keeps new-tab clicks to the browser. */
export function followLink(event: MouseEvent, path: string): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  event.preventDefault();
  go(path);
}
