/**
 * Main of the sampled sinks' process. While packets come it does nothing but note when each one came; it decrypts and judges them after the
 * run, so that its own work does not delay what it measures.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { z } from 'zod';
import { answerParent } from '../measuring/pinned-process.ts';
import { SinkVerifier } from './verifier.ts';

const Suite = z.enum(['AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80']);
const Range = z.strictObject({ first: z.number(), count: z.number() });
const Message = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('listen'), ip: z.string(), ports: z.array(z.number()) }),
  z.strictObject({
    do: z.literal('know'),
    /** In the order of the ports. */
    ciphers: z.array(
      z.union([z.literal('none'), z.strictObject({ suite: Suite, key: z.instanceof(Uint8Array) })]),
    ),
  }),
  /** In the order of the ports. */
  z.strictObject({ do: z.literal('judge'), ranges: z.array(Range) }),
]);

const BUFFER_BYTES = 4 * 1024 * 1024;

interface Sink {
  readonly socket: Socket;
  readonly arrived: { readonly packet: Uint8Array; readonly atNs: bigint }[];
  verifier: SinkVerifier;
}

let sinks: Sink[] = [];

answerParent(async (message) => {
  const wish = Message.parse(message);
  if (wish.do === 'listen') {
    sinks = await Promise.all(wish.ports.map((port) => listen(wish.ip, port)));
    return undefined;
  }
  if (wish.do === 'know') {
    for (const [index, cipher] of wish.ciphers.entries()) {
      const sink = sinks[index];
      if (sink) sink.verifier = new SinkVerifier(cipher);
    }
    return undefined;
  }
  return sinks.map(({ arrived, verifier }, index) => {
    for (const { packet, atNs } of arrived.splice(0)) verifier.take(packet, atNs);
    return verifier.judge(wish.ranges[index] ?? { first: 0, count: 0 });
  });
});

async function listen(ip: string, port: number): Promise<Sink> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES });
  const sink: Sink = { socket, arrived: [], verifier: new SinkVerifier('none') };
  socket.on('message', (packet) => {
    const atNs = process.hrtime.bigint();
    sink.arrived.push({ packet, atNs });
  });
  socket.bind(port, ip);
  await once(socket, 'listening');
  return sink;
}
