/** Joining a room of the whole system: the SDK of the pages, with a colleague in the room who keeps the camera awake. */
import { createRequire } from 'node:module';
import { z } from 'zod';
import { Bot, type BotMedia } from '../bot/bot.ts';
import { type Pass, signIn } from '../bot/door.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import type { JoinTarget, JoinTimes } from './join-types.ts';
import { CAMERA, firstPacket, openConnections, watchedWebrtc } from './webrtc-peer.ts';

const Package = z.looseObject({ version: z.string() });

/** Starts the system without a recorder, with one camera in a room. */
export async function openSystem(): Promise<JoinTarget> {
  const media = watchedWebrtc();
  const stack = await startStack({ recorder: false });
  const bots: Bot[] = [];
  const close = async () => {
    await Promise.all(bots.splice(0).map((bot) => bot.close()));
    await stack.close();
  };
  const open = async (username: string) => {
    const bot = new Bot({ name: username, pass: await passOf(stack, username), media });
    bots.push(bot);
    return bot;
  };
  try {
    const dispatcher = await open('dispatcher');
    const roomId = await dispatcher.createRoom('Joining', Object.values(stack.demo.organisations));
    await dispatcher.join(roomId);
    const crew = await open('paramedic');
    await crew.join(roomId);
    await crew.publish({ video: CAMERA });
    await dispatcher.where(() => (dispatcher.counts().sight?.frames ?? 0) > 0, 'the picture');
    const pass = await passOf(stack, 'doctor');
    const { version } = Package.parse(createRequire(import.meta.url)('../../package.json'));
    return { name: 'GoldenHour', version, join: () => join(pass, roomId, media), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function passOf({ demo, origin }: Stack, username: string): Promise<Pass> {
  const person = demo.people.find((each) => each.username === username);
  if (person === undefined) throw new Error(`nobody is called ${username}`);
  return signIn(origin, username, person.password);
}

async function join(pass: Pass, roomId: string, media: BotMedia): Promise<JoinTimes> {
  const doctor = new Bot({ name: 'doctor', pass, media });
  try {
    // Whoever joins has the board open: the connection is up.
    await doctor.client.request('rooms.list', {});
    const trips = countTrips(doctor);
    const before = openConnections();
    const asked = performance.now();
    const packet = firstPacket(before);
    await doctor.join(roomId);
    await doctor.where(() => doctor.counts().sight?.firstFrameMs !== undefined, 'the first frame');
    const frameMs = doctor.counts().sight?.firstFrameMs ?? Number.POSITIVE_INFINITY;
    // One more for the room's token, which comes over HTTPS before all others.
    const roundTrips = trips() + 1;
    return { packetMs: Math.min((await packet) - asked, frameMs), frameMs, roundTrips };
  } finally {
    await doctor.close();
  }
}

/** Counts round trips that follow each other: requests that were sent before any of them was answered are one. */
function countTrips({ socket }: Bot): () => number {
  const send = socket.send.bind(socket);
  let trips = 0;
  let answered = true;
  socket.send = async (...request) => {
    if (answered) trips += 1;
    answered = false;
    try {
      return await send(...request);
    } finally {
      answered = true;
    }
  };
  return () => trips;
}
