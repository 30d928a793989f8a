import assert from 'node:assert/strict';
import type { NotificationData } from '../../../signaling/protocol/notifications.ts';
import { Emitter } from '../emitter.ts';
import type { OutChannel } from '../marks/types.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { SessionEvents } from '../types.ts';
import { WINDOW_MAX } from './chunk-sender.ts';
import { readChunk } from './framing.ts';
import type { KeptFrame } from './kept-frames.ts';
import { StillServer, type StillServerDeps } from './still-server.ts';

type Signal = NotificationData<'still.signal'>['signal'];

const FRAME: KeptFrame = {
  ...{ mediaMs: 900, print: new Uint8Array(72), width: 1280, height: 720 },
  whole: new Blob([new Uint8Array(10)]),
  coarse: new Blob([new Uint8Array(30_000)]),
};

class Channel implements OutChannel {
  isOpen = true;
  bufferedBytes = 0;
  readonly sent: number[] = [];
  isClosed = false;

  send(bytes: Uint8Array): boolean {
    this.sent.push(readChunk(bytes)?.number ?? -1);
    return true;
  }
  close(): void {
    this.isClosed = true;
  }
}

/** A device with one camera in a room: what it opens, sends and says. */
class Device {
  readonly clock = new ManualClock();
  readonly channels = new Map<string, Channel>();
  readonly said: { to: string; signal: Signal }[] = [];
  readonly server: StillServer;
  opens = true;
  readonly #events = new Emitter<SessionEvents>();

  constructor(find: StillServerDeps['find'] = () => ({ frame: FRAME, offsetMs: -40 })) {
    const events = this.#events;
    this.server = new StillServer({
      clock: this.clock,
      producerId: 'camera',
      find,
      changed: () => undefined,
      warn: (error) => assert.fail(String(error)),
      pictures: () => ({
        open: async () => ({ cut: async () => new Uint8Array(20_000), close: () => undefined }),
      }),
      session: {
        on: (name, listener) => events.on(name, listener),
        data: {
          listen: () => () => undefined,
          open: (_label, options) => {
            const channel = new Channel();
            channel.isOpen = this.opens;
            this.channels.set(options?.toPeerId ?? '', channel);
            return channel;
          },
        },
      },
      tell: (to, signal) => this.said.push({ to, signal }),
    });
  }

  hear(fromPeerId: string, signal: Signal): void {
    this.#events.emit('stillSignal', { fromPeerId, signal });
  }
  ask(fromPeerId: string, fetchId: string, producerId = 'camera'): void {
    this.hear(fromPeerId, { kind: 'ask', fetchId, producerId, frame: {}, point: { x: 0.5, y: 0.5 } });
  }
  /** Lets pictures be made and time pass. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(10);
    }
  }
  sentTo(peerId: string): readonly number[] {
    return this.channels.get(peerId)?.sent ?? [];
  }
  kindsTo(peerId: string): string[] {
    return this.said.filter(({ to }) => to === peerId).map(({ signal }) => signal.kind);
  }
}

describe('A device that serves stills', () => {
  it('says what it found and how far it is off, and sends no more than its window without credit', async () => {
    const device = new Device();
    device.ask('doctor', 'f1');
    await device.pass(500);
    assert.deepEqual(device.said[0]?.signal, {
      ...{ kind: 'found', fetchId: 'f1', mediaMs: 900, offsetMs: -40 },
      ...{ width: 1280, height: 720 },
    });
    assert.ok(device.sentTo('doctor').length > 0);
    assert.ok(device.sentTo('doctor').length <= WINDOW_MAX);
  });

  it('is done when everything was credited, and keeps nothing going', async () => {
    const device = new Device();
    device.ask('doctor', 'f1');
    for (let round = 0; round < 40 && device.server.fetches > 0; round += 1) {
      await device.pass(50);
      device.hear('doctor', {
        kind: 'credit',
        fetchId: 'f1',
        received: new Set(device.sentTo('doctor')).size,
      });
    }
    assert.equal(device.server.fetches, 0);
    assert.deepEqual(device.kindsTo('doctor'), ['found']);
    // Two chunks of the coarse picture and of each of two tiles.
    assert.equal(new Set(device.sentTo('doctor')).size, 6);
    device.server.close();
    assert.equal(device.clock.pending, 0);
  });

  it('sends to several askers in turn, and refuses a fifth', async () => {
    const device = new Device();
    const peers = ['a', 'b', 'c', 'd'];
    for (const peer of peers) device.ask(peer, `f-${peer}`);
    await device.pass(300);
    const counts = peers.map((peer) => device.sentTo(peer).length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join(' '));
    device.ask('e', 'f-e');
    assert.deepEqual(device.kindsTo('e'), ['refused']);
    device.server.close();
    assert.equal(device.clock.pending, 0);
  });

  it('gives up the frame before when the same peer asks for another, and stops when told, by that peer alone', async () => {
    const device = new Device();
    device.ask('doctor', 'f1');
    device.ask('doctor', 'f2');
    assert.equal(device.server.fetches, 1);
    device.hear('stranger', { kind: 'stop', fetchId: 'f2' });
    assert.equal(device.server.fetches, 1);
    device.hear('doctor', { kind: 'stop', fetchId: 'f2' });
    assert.equal(device.server.fetches, 0);
    await device.pass(100);
  });

  it('refuses what it has not, passes over other cameras, and says when no channel opens', async () => {
    const empty = new Device(() => 'too-old');
    empty.ask('doctor', 'f1');
    empty.ask('doctor', 'f2', 'another camera');
    assert.deepEqual(empty.kindsTo('doctor'), ['refused']);
    const mute = new Device();
    mute.opens = false;
    mute.ask('doctor', 'f1');
    await mute.pass(7000);
    assert.deepEqual(mute.kindsTo('doctor'), ['found', 'refused']);
    mute.server.close();
    assert.equal(mute.clock.pending, 0);
  });

  it('sends again on a new channel what was on the way in the old one, and gives up on who takes nothing in', async () => {
    const device = new Device();
    device.ask('doctor', 'f1');
    await device.pass(100);
    const channel = device.channels.get('doctor');
    assert.ok(channel);
    const before = [...channel.sent];
    channel.isOpen = false;
    await device.pass(50);
    channel.isOpen = true;
    await device.pass(20);
    assert.deepEqual(channel.sent.slice(before.length, before.length * 2), before);
    await device.pass(13_000);
    assert.equal(device.server.fetches, 0);
    assert.deepEqual(device.kindsTo('doctor'), ['found', 'refused']);
  });

  it('opens channels to those who may ask, and closes those of who left', () => {
    const device = new Device();
    device.server.handlePeers(['a', 'b']);
    device.server.handlePeers(['b']);
    assert.equal(device.channels.get('a')?.isClosed, true);
    assert.equal(device.channels.get('b')?.isClosed, false);
    device.server.close();
    assert.equal(device.channels.get('b')?.isClosed, true);
  });
});
