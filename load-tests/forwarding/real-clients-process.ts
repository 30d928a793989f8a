/** Main of the real clients' process: libwebrtc through mediasoup-client, which takes libwebrtc's classes from the global scope. */
import { Device } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';
import type { DtlsParameters, TransportOptions } from 'mediasoup-client/types';
import { z } from 'zod';
import { ClientRtpCapabilities, ClientRtpParameters } from '../../clients/core/media/engine.ts';
import { openConnections, watchedWebrtc } from '../janus/webrtc-peer.ts';
import { answerParent } from '../measuring/pinned-process.ts';

const isObject = (value: unknown) => typeof value === 'object' && value !== null;
const Wanted = z.strictObject({
  ...{ id: z.string(), producerId: z.string(), kind: z.enum(['audio', 'video']) },
  rtpParameters: z.unknown(),
});
const Message = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('load'), rtpCapabilities: z.unknown() }),
  z.strictObject({
    do: z.literal('consume'),
    transport: z.custom<TransportOptions>(isObject),
    consumer: Wanted,
  }),
  z.strictObject({ do: z.literal('report') }),
]);

watchedWebrtc();
const device = new Device({ handlerFactory: Chrome111.createFactory({}) });

answerParent(async (message) => {
  const wish = Message.parse(message);
  if (wish.do === 'load') {
    await device.load({ routerRtpCapabilities: ClientRtpCapabilities.parse(wish.rtpCapabilities) });
    return device.recvRtpCapabilities;
  }
  return wish.do === 'consume' ? consume(wish.transport, wish.consumer) : report();
});

/** Answers the client's DTLS parameters: the parent hands them to the server's transport, and the handshake goes on meanwhile. */
async function consume(
  options: TransportOptions,
  { id, producerId, kind, rtpParameters }: z.infer<typeof Wanted>,
): Promise<DtlsParameters> {
  const transport = device.createRecvTransport(options);
  const { promise, resolve, reject } = Promise.withResolvers<DtlsParameters>();
  transport.on('connect', ({ dtlsParameters }, done) => {
    resolve(dtlsParameters);
    done();
  });
  const parameters = ClientRtpParameters.parse(rtpParameters);
  transport.consume({ id, producerId, kind, rtpParameters: parameters }).catch(reject);
  return promise;
}

async function report() {
  let [received, lost] = [0, 0];
  const ciphers = new Set<string>();
  for (const connection of openConnections()) {
    (await connection.getStats()).forEach((stats) => {
      if (stats.type === 'inbound-rtp') {
        received += stats.packetsReceived;
        lost += stats.packetsLost;
      }
      if (stats.type === 'transport' && typeof stats.srtpCipher === 'string') ciphers.add(stats.srtpCipher);
    });
  }
  return { received, lost, srtpCiphers: [...ciphers] };
}
