/** The examples of README.md, compiled here; `readme.test.ts` checks that both say the same. */

import type { Point, StrokePoint, Surface } from '../../../ar-annotations/scene/types.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { Params } from '../../../signaling/protocol/methods.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { copyUnavailable, openOwnCopy } from '../backup/index.ts';
import {
  catchUp,
  createClient,
  isClientError,
  type LocalSource,
  openCamera,
  openMicrophone,
  type RemoteSource,
  type RoomSession,
} from '../index.ts';
import {
  anchorOn,
  createMarks,
  createWearerMarks,
  GreyCanvas,
  type MarkSession,
  namePictures,
  regionAround,
  type ShownMark,
  type ShownPicture,
  type WearerMarks,
} from '../marks/index.ts';

export async function signIn(username: string, password: string) {
  const client = createClient();
  const me = (await client.http.me()) ?? (await client.http.signIn(username, password));
  return { client, me };
}

export async function watchRooms(show: (titles: string[]) => void) {
  const client = createClient();
  client.rooms.on('change', (rooms) => show(rooms.map((room) => room.title)));
  client.rooms.on('ringing', (calls) => show(calls.map((call) => `${call.fromName} calls for help`)));
  await client.rooms.open();
}

export async function joinRoom(roomId: string, render: (state: RoomState) => void) {
  const client = createClient();
  const session = client.join(roomId, { device: 'tablet' });
  session.on('state', (state) => render(state));
  session.on('connection', ({ status, reason }) => console.info(`${status}: ${reason}`));
  await session.joined();
  for (const item of catchUp(session.state, session.peerId)) console.info(item.code, item);
  return session;
}

export async function sendMessage(session: RoomSession, text: Params<'chat.send'>['text']) {
  try {
    await session.request('chat.send', { text, patientId: 'P1', to: 'clinical' });
  } catch (error) {
    if (isClientError(error)) console.warn(error.code, error.message);
  }
}

export async function publish(session: RoomSession) {
  const camera = await openCamera({ facing: 'environment', height: 2160, contentHint: 'motion' });
  const source = await session.publish(camera.track, {
    role: 'patient',
    label: 'Cot camera',
    patientId: 'P1',
    width: camera.width,
    height: camera.height,
    contentHint: 'motion',
  });
  source.on('rung', ({ rung, reason }) => console.info(`the hospital sees ${rung} (${reason})`));
  const microphone = await openMicrophone({ noiseSuppression: false });
  await session.publish(microphone.track, { role: 'voice', label: 'Patient', patientId: 'P1' });
}

export function showAll(session: RoomSession, tileFor: (source: RemoteSource) => HTMLVideoElement) {
  const layout = () => {
    const views = session.remoteSources
      .filter((source) => source.kind === 'video')
      .map((source) => {
        const { clientWidth, clientHeight } = tileFor(source);
        const width = clientWidth * devicePixelRatio;
        return {
          producerId: source.producerId,
          width,
          height: clientHeight * devicePixelRatio,
          visible: true,
        };
      });
    session.setViews(views);
  };
  session.on('remoteSources', layout);
  layout();
}

export function showTile(source: RemoteSource, tile: HTMLVideoElement, label: HTMLElement) {
  const detach = source.attach(tile);
  source.on('change', () => {
    tile.classList.toggle('not-live', source.freshness === 'not-live');
    const seconds = Math.round((source.frameAgeMs ?? 0) / 1000);
    label.textContent =
      source.freshness === 'live' ? (source.rung ?? '') : `${source.freshness} ${seconds} s`;
  });
  source.on('closed', detach);
}

export function watchRecording(session: RoomSession, show: (line: string) => void) {
  session.on('recording', () => {
    const { recording } = session.state;
    if (recording?.on !== true) return show('not recorded');
    for (const { producerId, durableUntil, state } of session.recordedTracks.values()) {
      show(`${producerId}: ${state}, ${Math.round(session.roomTime - durableUntil)} ms behind`);
    }
  });
}

export async function switchRecording(session: RoomSession, on: boolean, reason: string) {
  await session.request(on ? 'recording.start' : 'recording.stop', { reason });
}

export async function keepOwnCopy(session: RoomSession, me: Me) {
  if (copyUnavailable() !== undefined) return undefined;
  const copy = await openOwnCopy({ url: location.origin, principalId: me.principalId });
  copy.on('change', ({ keptMs, toSendMs }) => console.info(`${keptMs} ms kept, ${toSendMs} ms to send`));
  const stop = copy.keep(session);
  return { copy, stop };
}

export async function checkLink() {
  const client = createClient();
  const result = await client.precheck({ onProgress: (step) => console.info(step) });
  console.info(result.rttMs, result.upBitrate, result.expectedRung, result.cameras.length);
  return client.join('room-id', {
    ...(result.upBitrate === undefined ? {} : { measuredUp: result.upBitrate }),
    ...(result.downBitrate === undefined ? {} : { measuredDown: result.downBitrate }),
  });
}

export function showMarks(
  session: RoomSession,
  video: HTMLVideoElement,
  producerId: string,
  paint: (marks: readonly ShownMark[]) => void,
) {
  const marks = createMarks(session);
  let picture: ShownPicture = {};
  namePictures(video, (named) => {
    picture = named;
  });
  const surface = { kind: 'video', producerId } as const;
  marks.on('change', () => paint(marks.shown(surface, picture)));
}

export async function drawStroke(
  marks: MarkSession,
  surface: Surface,
  video: HTMLVideoElement,
  rtpTimestamp: number,
  at: Point,
  points: readonly StrokePoint[],
) {
  const grey = new GreyCanvas().grey(video, video.videoWidth, video.videoHeight);
  if (!grey || !marks.mayDraw(surface)) return;
  const aspect = video.videoWidth / video.videoHeight;
  const anchor = anchorOn(grey, regionAround(at, aspect), { rtpTimestamp });
  const pen = marks.begin({ kind: 'stroke', surface, anchor, patientId: 'P1', aspect, at });
  pen.move(points);
  await pen.finish();
}

export function followMarks(
  session: RoomSession,
  source: LocalSource,
  paint: (shown: readonly ShownMark[], unseen: WearerMarks['unseen']) => void,
) {
  const worn = createWearerMarks(session, source);
  worn.on('change', () => paint(worn.shown, worn.unseen));
}
