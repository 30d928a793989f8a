/** The people of the stories: one stack, one browser, and a profile for each person, kept from story to story. */
import type { Page } from 'playwright-core';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import type { ContextOptions } from '../browser/chromium.ts';
import { openPages, type Pages, type PagesOptions } from './open-pages.ts';

export interface NewRoom {
  readonly title: string;
  /** Who sees it beside the centre; all hospitals of the demo unless told. */
  readonly organisations?: readonly string[];
  readonly unitId?: string;
}

export class Cast {
  /** The room most stories happen in; the first of them starts it. */
  roomId = '';
  #pages: Pages | undefined;
  readonly #people = new Map<string, Page>();

  async open(options?: PagesOptions): Promise<void> {
    this.#pages = await openPages(options);
  }

  async close(): Promise<void> {
    await this.#pages?.close();
  }

  get pages(): Pages {
    if (this.#pages === undefined) throw new Error('The cast has not been opened.');
    return this.#pages;
  }

  get demo() {
    return this.pages.stack.demo;
  }

  /** Keeps the page of someone whose sign-in is a story of its own. */
  keep(username: string, page: Page): void {
    this.#people.set(username, page);
  }

  /** Signed in on the list of rooms at the first call; afterwards wherever the stories have left them. */
  async person(username: string, options?: ContextOptions): Promise<Page> {
    const known = this.#people.get(username);
    if (known !== undefined) return known;
    const page = await this.pages.open(options);
    await this.pages.signIn(page, username);
    this.#people.set(username, page);
    return page;
  }

  /** Starts a room as the dispatch system does. */
  async room(room: NewRoom): Promise<string> {
    const { organisations, title, unitId } = room;
    const created = await this.pages.stack.signaling.rooms.create(
      {
        incidentId: `incident-${title.toLowerCase().replace(/\W+/g, '-')}`,
        title,
        drill: true,
        organisations: [...(organisations ?? Object.values(this.demo.organisations))],
        ...(unitId === undefined ? {} : { unitId }),
      },
      SYSTEM,
    );
    return created.roomId;
  }
}
