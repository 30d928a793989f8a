/** The live list of rooms and the calls for help that ring here. Kept right over reconnects by asking again. */
import type { Params } from '../../../signaling/protocol/methods.ts';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { Emitter } from '../emitter.ts';
import { isClientError } from '../errors.ts';
import type { RingingCall, RoomList, RoomListEvents } from '../types.ts';
import type { Requests } from './requests.ts';
import type { Notified } from './socket.ts';

export class RoomListImpl implements RoomList {
  readonly #requests: Requests;
  readonly #connect: () => void;
  readonly #events = new Emitter<RoomListEvents>();
  readonly #rooms = new Map<string, RoomSummary>();
  readonly #ringing = new Map<string, RingingCall>();
  #open = false;

  /** @param connect makes the socket connect when it does not yet. */
  constructor(requests: Requests, connect: () => void) {
    this.#requests = requests;
    this.#connect = connect;
  }

  get rooms(): readonly RoomSummary[] {
    return [...this.#rooms.values()].sort((a, b) => b.createdUtc - a.createdUtc);
  }
  get ringing(): readonly RingingCall[] {
    return [...this.#ringing.values()].sort((a, b) => a.sinceUtc - b.sinceUtc);
  }

  on<N extends keyof RoomListEvents>(name: N, listener: (data: RoomListEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  async open(): Promise<void> {
    this.#open = true;
    this.#connect();
    await this.#refresh();
  }

  async seen(call: RingingCall): Promise<void> {
    await this.#requests.request('help.seen', { callId: call.callId }, { roomId: call.roomId });
  }

  async answer(call: RingingCall): Promise<void> {
    await this.#requests.request('help.answer', { callId: call.callId }, { roomId: call.roomId });
    this.#stopRinging(call.callId);
  }

  async create(room: Params<'room.create'>): Promise<string> {
    this.#connect();
    const { roomId } = await this.#requests.request('room.create', room);
    return roomId;
  }

  async breakGlass(roomId: string, reason: string): Promise<void> {
    await this.#requests.request('room.breakGlass', { reason }, { roomId });
  }

  close(): void {
    this.#open = false;
    this.#rooms.clear();
    this.#ringing.clear();
  }

  /** The socket is up again: what changed meanwhile was not heard, so the whole is asked for. */
  handleUp(): void {
    if (!this.#open) return;
    this.#refresh().catch((error: unknown) => {
      // A connection that broke again is followed by the next `handleUp`.
      if (!isClientError(error)) throw error;
    });
  }

  handleNotified(notified: Notified): void {
    if (!this.#open) return;
    if (notified.name === 'rooms.changed') {
      const { room, removedRoomId } = notified.data;
      if (room) this.#rooms.set(room.roomId, room);
      if (removedRoomId) this.#rooms.delete(removedRoomId);
      this.#events.emit('change', this.rooms);
    }
    if (notified.name === 'help.ringing' && notified.roomId !== undefined) {
      this.#ringing.set(notified.data.callId, { ...notified.data, roomId: notified.roomId });
      this.#events.emit('ringing', this.ringing);
    }
    if (notified.name === 'help.stopped') this.#stopRinging(notified.data.callId);
  }

  async #refresh(): Promise<void> {
    const { rooms } = await this.#requests.request('rooms.list', {});
    this.#rooms.clear();
    for (const room of rooms) this.#rooms.set(room.roomId, room);
    this.#events.emit('change', this.rooms);
    // A call that ended while nobody listened here must not ring on.
    const ringing = new Set(rooms.flatMap((room) => (room.ringing ? [room.ringing.callId] : [])));
    for (const callId of this.#ringing.keys()) if (!ringing.has(callId)) this.#stopRinging(callId);
  }

  #stopRinging(callId: string): void {
    if (this.#ringing.delete(callId)) this.#events.emit('ringing', this.ringing);
  }
}
