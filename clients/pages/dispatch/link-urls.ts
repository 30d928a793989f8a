/**
 * Addresses of links that were made or sent again on this page. They hold secrets, so they live in memory alone: after a
 * reload a link is shown under a new secret.
 */
import { signal } from '@preact/signals';

const urls = signal<ReadonlyMap<string, string>>(new Map());

export function rememberUrl(linkId: string, url: string): void {
  urls.value = new Map([...urls.value, [linkId, url]]);
}

/** Reading it in a component makes the component follow it. */
export function urlOf(linkId: string): string | undefined {
  return urls.value.get(linkId);
}
