/**
 * What a reload has to find again: that this tab opened the link, so that nobody is asked or tapped twice, and what help it
 * showed, so that it shows it before the network answers. Nothing of a patient is in it; it ends with the tab.
 */
import { LinkPage } from '../../signaling/protocol/links.ts';

const NAME = 'goldenhour.v.opened';

export interface Memory {
  readonly secret: string;
  readonly page: LinkPage;
  /** The beat was stopped by the key "moves or breathes". */
  readonly stopped: boolean;
}

export function recall(secret: string): Memory | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? 'null');
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('secret' in value) || value.secret !== secret || !('page' in value)) return undefined;
    const page = LinkPage.safeParse(value.page);
    if (!page.success) return undefined;
    return { secret, page: page.data, stopped: 'stopped' in value && value.stopped === true };
  } catch {
    // Without storage a reload is one more tap, nothing worse.
    return undefined;
  }
}

export function remember({ secret, page, stopped }: Memory): void {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ secret, page, stopped }));
  } catch {
    // See `recall`.
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // See `recall`.
  }
}
