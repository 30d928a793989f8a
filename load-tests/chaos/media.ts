/** Media in one room of a run: a bot with real WebRTC publishes a small picture and sound, another one counts what it decodes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, type RemoteBot } from '../bot/fleet.ts';
import type { History } from './history.ts';
import type { Link } from './link.ts';

const EVERY_MS = 100;
const FLOWS_MS = 60_000;
const PLAN = { video: { width: 320, height: 180, fps: 15 }, audio: true } as const;

export interface Flow {
  /** Waits until the picture moves again; false when it does not in a minute. */
  flowsAgain(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens it and waits for the first pictures. The bots come through a link of their own, which breaks only when everyone's does. */
export async function openFlow(
  link: Link,
  room: string,
  cookies: { publisher: string; viewer: string },
  history: History,
): Promise<Flow> {
  const fleet = new Fleet();
  let over = false;
  let counting: Promise<void> | undefined;
  const close = async () => {
    over = true;
    await counting;
    await fleet.close();
  };
  try {
    const pass = (cookie: string) => ({ origin: `https://127.0.0.1:${link.port}`, cookie });
    const publisher = await fleet.add({ name: 'camera', pass: pass(cookies.publisher), media: true });
    const viewer = await fleet.add({ name: 'viewer', pass: pass(cookies.viewer), media: true });
    await Promise.all([publisher.join(room), viewer.join(room)]);
    await publisher.publish(PLAN);
    await viewer.where(({ sight }) => (sight?.frames ?? 0) > 5, 'the first pictures', FLOWS_MS);
    counting = count(viewer, history, () => over);
    return { flowsAgain: () => flowsAgain(viewer), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function count(viewer: RemoteBot, history: History, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const { sight } = await viewer.counts();
    history.add({ t: 'media', at: history.now(), flow: 'picture', count: sight?.frames ?? 0 });
    history.add({ t: 'media', at: history.now(), flow: 'sound', count: sight?.sounds ?? 0 });
    await sleep(EVERY_MS);
  }
}

async function flowsAgain(viewer: RemoteBot): Promise<boolean> {
  const before = (await viewer.counts()).sight?.frames ?? 0;
  return viewer
    .where(({ sight }) => (sight?.frames ?? 0) > before + 5, 'moving pictures', FLOWS_MS)
    .then(() => true)
    .catch(() => false);
}
