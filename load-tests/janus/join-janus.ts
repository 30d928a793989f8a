/** Joining a VideoRoom of Janus, as its documentation describes it for a subscriber. */
import { z } from 'zod';
import { JanusApi } from './api.ts';
import { startProcess } from './janus-process.ts';
import { ROOM, VIDEOROOM } from './janus-server.ts';
import type { JoinTarget, JoinTimes } from './join-types.ts';
import { firstFrame, firstPacket, openCamera, openConnection, openConnections } from './webrtc-peer.ts';

const FEED = 7;
const Description = z.object({ type: z.enum(['offer', 'answer']), sdp: z.string() });

/** Starts Janus with one camera in its room. */
export async function openJanus(): Promise<JoinTarget> {
  const janus = await startProcess({ listenIp: '127.0.0.1' });
  const closers: (() => void | Promise<void>)[] = [() => janus.close()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const api = await JanusApi.connect(janus.port);
    closers.push(() => api.close());
    const { track, playing } = openCamera();
    closers.push(() => playing.stop());
    const connection = openConnection();
    closers.push(() => connection.close());
    await publish(api, connection, track);
    const viewer = await JanusApi.connect(janus.port);
    closers.push(() => viewer.close());
    return { name: 'Janus', version: janus.version, join: () => join(viewer), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function publish(api: JanusApi, connection: RTCPeerConnection, track: MediaStreamTrack): Promise<void> {
  const { promise: up, resolve } = Promise.withResolvers<void>();
  connection.onconnectionstatechange = () => {
    if (connection.connectionState === 'connected') resolve();
  };
  connection.addTransceiver(track, { direction: 'sendonly' });
  const handle = await api.attach(VIDEOROOM);
  const { jsep } = await api.request(
    handle,
    { request: 'joinandconfigure', room: ROOM, ptype: 'publisher', id: FEED, videocodec: 'vp8' },
    await described(connection, await connection.createOffer()),
  );
  await connection.setRemoteDescription(Description.parse(jsep));
  await up;
}

async function join(api: JanusApi): Promise<JoinTimes> {
  const before = openConnections();
  const asked = performance.now();
  const trips = api.roundTrips;
  const connection = openConnection();
  const { promise: tracked, resolve } = Promise.withResolvers<MediaStreamTrack>();
  connection.ontrack = ({ track }) => resolve(track);
  const handle = await api.attach(VIDEOROOM);
  try {
    const body = { request: 'join', ptype: 'subscriber', room: ROOM, streams: [{ feed: FEED }] };
    const { jsep } = await api.request(handle, body);
    await connection.setRemoteDescription(Description.parse(jsep));
    const watching = Promise.all([firstPacket(before), tracked.then(firstFrame)]);
    const answer = await described(connection, await connection.createAnswer());
    const [[packetAt, frameAt]] = await Promise.all([
      watching,
      api.request(handle, { request: 'start' }, answer),
    ]);
    const roundTrips = api.roundTrips - trips;
    return { packetMs: Math.min(packetAt, frameAt) - asked, frameMs: frameAt - asked, roundTrips };
  } finally {
    connection.close();
    await api.detach(handle);
  }
}

/** Janus answers checks by itself (ICE lite), so that a viewer's candidates need not be in what it is told. */
async function described(connection: RTCPeerConnection, own: RTCSessionDescriptionInit) {
  await connection.setLocalDescription(own);
  return Description.parse({ type: own.type, sdp: own.sdp });
}
