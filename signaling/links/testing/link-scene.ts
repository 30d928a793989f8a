/** A room with a dispatcher in it, the links she makes, and phones that go live by them: where tests of links begin. */
import assert from 'node:assert/strict';
import type { LinkPage, NewLink } from '../../protocol/links.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { LinkState } from '../../protocol/state-bystander.ts';
import type { TestPhone } from '../../sockets/testing/bystander-listener.ts';
import { type City, openCity } from '../../sockets/testing/city.ts';
import type { TestClient } from '../../sockets/testing/client.ts';

export interface LinkScene {
  readonly city: City;
  readonly roomId: string;
  readonly office: TestClient;
  /** A link as usual in this test, with what is different. */
  make(more?: Partial<NewLink>): Promise<{ linkId: string; url: string }>;
  /** The room as its owner knows it. */
  state(): Promise<RoomState>;
  linkOf(linkId: string): Promise<LinkState>;
  /** Opens a link on a phone of its own and goes live. */
  goLive(url: string): Promise<{ phone: TestPhone; page: LinkPage; client: TestClient }>;
  close(): Promise<void>;
}

/** @param usual what links are made of unless a test says otherwise */
export async function openLinkScene(usual: NewLink): Promise<LinkScene> {
  const city = await openCity();
  const roomId = await city.openRoom();
  const office = await city.dispatcher.enter(roomId);
  const state = () => city.stage.rooms.at(roomId).state();
  return {
    ...{ city, roomId, office, state },
    make: (more = {}) => office.request('link.create', { ...usual, ...more }, { roomId }),
    async linkOf(linkId) {
      const link = (await state()).bystander.links[linkId];
      assert.ok(link, 'the room knows the link');
      return link;
    },
    async goLive(url) {
      const phone = city.stage.phone();
      const page = await phone.open(url);
      const client = await phone.enter(roomId);
      await client.request('link.goLive', {}, { roomId });
      return { phone, page, client };
    },
    close: () => city.stage.close(),
  };
}
