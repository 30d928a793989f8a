/**
 * Media without a browser: mediasoup-client's FakeHandler behind a real Device, with handles for tests to move connection
 * states and to let messages arrive on data channels.
 */
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import type { types } from 'mediasoup-client';
import { Device } from 'mediasoup-client';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import type { DeviceFactory } from '../media/engine.ts';

export interface FakeTransport {
  readonly direction: 'send' | 'recv';
  readonly handler: FakeHandler;
  readonly channels: RTCDataChannel[];
  /** What was sent on data channels, with their labels. */
  readonly sent: { readonly label: string; readonly data: unknown }[];
  closed: boolean;
}

export class FakeMedia {
  readonly transports: FakeTransport[] = [];
  iceRestarts = 0;

  readonly createDevice: DeviceFactory = async () => new Device({ handlerFactory: this.#factory() });

  /** The newest open transport of a direction. */
  get(direction: 'send' | 'recv'): FakeTransport | undefined {
    return this.transports.findLast((transport) => transport.direction === direction && !transport.closed);
  }

  setState(direction: 'send' | 'recv', state: types.ConnectionState): void {
    this.get(direction)?.handler.setConnectionState(state);
  }

  /** Lets a message arrive on every channel of the receive transport: a beat, where there is only one. */
  receive(data: ArrayBuffer = new ArrayBuffer(8)): void {
    for (const channel of this.get('recv')?.channels ?? []) {
      channel.dispatchEvent(new MessageEvent('message', { data }));
    }
  }

  #factory() {
    const factory = FakeHandler.createFactory(fakeParameters);
    return {
      ...factory,
      factory: (options: Parameters<typeof factory.factory>[0]) => {
        const handler = factory.factory(options);
        if (!(handler instanceof FakeHandler)) throw new TypeError('The factory made another handler.');
        this.#watch(handler, options.direction);
        return handler;
      },
    };
  }

  #watch(handler: FakeHandler, direction: 'send' | 'recv'): void {
    const transport: FakeTransport = { direction, handler, channels: [], sent: [], closed: false };
    this.transports.push(transport);
    const receive = handler.receiveDataChannel.bind(handler);
    handler.receiveDataChannel = async (options) => {
      const result = await receive(options);
      transport.channels.push(result.dataChannel);
      return result;
    };
    const send = handler.sendDataChannel.bind(handler);
    handler.sendDataChannel = async (options) => {
      const result = await send(options);
      openChannel(result.dataChannel, transport);
      return result;
    };
    const restart = handler.restartIce.bind(handler);
    handler.restartIce = async (parameters) => {
      this.iceRestarts += 1;
      await restart(parameters);
    };
    const close = handler.close.bind(handler);
    handler.close = () => {
      transport.closed = true;
      close();
    };
  }
}

/** The library's fake never opens; one that is open at once keeps what is sent. */
function openChannel(channel: RTCDataChannel, transport: FakeTransport): void {
  Object.defineProperties(channel, {
    readyState: { get: () => (transport.closed ? 'closed' : 'open') },
    send: { value: (data: unknown) => transport.sent.push({ label: channel.label, data }) },
  });
}

/** A track of the given lines; `settings` as a camera reports them. */
export function fakeTrack(kind: 'audio' | 'video', height = 1080): MediaStreamTrack {
  return new FakeMediaStreamTrack({
    kind,
    settings: kind === 'video' ? { height, width: (height * 16) / 9 } : {},
  });
}
