import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RtpPacket, SrtpSession } from 'werift';
import type { ForwardingServer, Input, SinkAddress } from '../forwarding/types.ts';
import { startJanus } from './janus-server.ts';

const PACKETS = 20;

/** Packets of the size that is measured, each with its own payload, as Janus gets them from the source. */
function inputOf(kind: 'audio' | 'video'): Input {
  const video = kind === 'video';
  const payloadType = video ? 101 : 111;
  const packets = Array.from({ length: PACKETS }, (_, index) => {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8(payloadType, 1);
    header.writeUInt16BE(65_530 + index > 65_535 ? index - 6 : 65_530 + index, 2);
    header.writeUInt32BE(index * 3000, 4);
    header.writeUInt32BE(0x11223344, 8);
    return { atMs: index, data: Buffer.concat([header, randomBytes(video ? 1138 : 80)]) };
  });
  return {
    name: video ? '4k-20mbit' : 'audio',
    kind,
    mimeType: video ? 'video/H264' : 'audio/opus',
    clockRate: video ? 90_000 : 48_000,
    payloadType,
    ssrc: 0x11223344,
    fmtp: {},
    packets,
    roundMs: PACKETS,
    packetsPerSecond: 1000,
  };
}

interface Sink {
  readonly address: SinkAddress;
  readonly packets: RtpPacket[];
  readonly complete: Promise<void>;
}

/** A viewer that decrypts what comes; werift's SRTP shares nothing with the library that Janus uses. */
async function openSink(socket: Socket): Promise<Sink> {
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const key = randomBytes(30);
  const [masterKey, masterSalt] = [key.subarray(0, 16), key.subarray(16)];
  const session = new SrtpSession({
    profile: 1,
    keys: {
      localMasterKey: masterKey,
      localMasterSalt: masterSalt,
      remoteMasterKey: masterKey,
      remoteMasterSalt: masterSalt,
    },
  });
  const packets: RtpPacket[] = [];
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    packets.push(RtpPacket.deSerialize(session.decrypt(data)));
    if (packets.length === PACKETS) resolve();
  });
  const address: SinkAddress = {
    ip: '127.0.0.1',
    port: socket.address().port,
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key,
  };
  return { address, packets, complete };
}

describe('Janus as a server under test', () => {
  let janus: ForwardingServer;
  const sockets: Socket[] = [];
  const newSocket = () => {
    const socket = createSocket('udp4');
    sockets.push(socket);
    return socket;
  };

  before(async () => {
    janus = await startJanus({ core: 0, helperCore: 0, listenIp: '127.0.0.1' });
  });

  after(async () => {
    for (const socket of sockets) socket.close();
    await janus.close();
    await janus.close();
  });

  it('says its version itself', () => {
    assert.match(janus.version, /^\d+\.\d+\.\d+$/);
    assert.deepEqual(janus.suites, ['AES_CM_128_HMAC_SHA1_80']);
  });

  for (const kind of ['video', 'audio'] as const) {
    it(`carries the payload of ${kind} unchanged to two sinks with keys of their own`, async () => {
      const input = inputOf(kind);
      const inlet = await janus.publish(input);
      const sinks = [await openSink(newSocket()), await openSink(newSocket())];
      for (const { address } of sinks) await janus.addSink(inlet.id, address);
      const source = newSocket();
      for (const { data } of input.packets) {
        const packet = Buffer.from(data);
        packet.writeUInt32BE(inlet.ssrc ?? input.ssrc, 8);
        source.send(packet, inlet.port, inlet.ip);
      }
      await Promise.all(sinks.map(({ complete }) => complete));
      for (const { packets } of sinks) {
        assert.deepEqual(
          packets.map(({ payload }) => payload.toString('hex')),
          input.packets.map(({ data }) => Buffer.from(data).subarray(12).toString('hex')),
        );
        assert.deepEqual(new Set(packets.map(({ header }) => header.ssrc)), new Set([input.ssrc]));
        assert.deepEqual(
          new Set(packets.map(({ header }) => header.payloadType)),
          new Set([input.payloadType]),
        );
      }
    });
  }

  it('refuses a suite that its forwarders do not have, and a sink of nothing', async () => {
    const { address } = await openSink(newSocket());
    const inlet = await janus.publish(inputOf('video'));
    await assert.rejects(janus.addSink(inlet.id, { ...address, suite: 'AEAD_AES_128_GCM' }), {
      code: 'suite-not-offered',
    });
    await assert.rejects(janus.addSink('0', address), { code: 'no-such-inlet' });
  });
});
