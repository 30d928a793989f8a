/**
 * Janus as a server under test. A publisher comes in as plain RTP, as one of another Janus in a cascade does
 * ("add_remote_publisher" of VideoRoom), and leaves as SRTP by RTP forwarders with a key for each sink: neither needs ICE or
 * DTLS, and no path of Janus from one publisher to many costs less for a packet. Both are described in
 * https://janus.conf.meetecho.com/docs/videoroom.html.
 */
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import type { ForwardingServer, Inlet, Input, ServerOptions, SinkAddress } from '../forwarding/types.ts';
import { JanusApi } from './api.ts';
import { startProcess } from './janus-process.ts';

/** The room of janus.plugin.videoroom.jcfg. */
export const ROOM = 1;
export const VIDEOROOM = 'janus.plugin.videoroom';
/** `REMOTE_PUBLISHER_BASE_SSRC` of janus_videoroom.c: the first stream of a cascade has this one. */
const CASCADE_SSRC = 1000;

const Published = z.looseObject({ id: z.number(), port: z.number() });
const Forwarded = z.looseObject({ forwarders: z.array(z.looseObject({ srtp: z.literal(true) })).length(1) });

/** Starts Debian's Janus on the core of the server under test. The suite of its forwarders is AES-CM alone: it has no other there. */
export async function startJanus({ core, listenIp }: ServerOptions): Promise<ForwardingServer> {
  const janus = await startProcess({ core, listenIp });
  try {
    const api = await JanusApi.connect(janus.port);
    const handle = await api.attach(VIDEOROOM);
    const inputs = new Map<string, Input>();
    return {
      name: 'janus',
      version: janus.version,
      pids: [janus.pid],
      suites: ['AES_CM_128_HMAC_SHA1_80'],
      publish: async (input) => {
        const inlet = await publish(api, handle, input, listenIp);
        inputs.set(inlet.id, input);
        return inlet;
      },
      addSink: async (inletId, sink) => {
        const input = inputs.get(inletId);
        if (input === undefined) throw new AppError('no-such-inlet', `Janus has no inlet ${inletId}.`);
        await forward(api, handle, { inletId, input, sink });
        return { key: sink.key };
      },
      close: async () => {
        api.close();
        await janus.close();
      },
    };
  } catch (error) {
    await janus.close();
    throw error;
  }
}

async function publish(api: JanusApi, handle: number, input: Input, listenIp: string): Promise<Inlet> {
  const codec = input.mimeType.split('/')[1]?.toLowerCase() ?? '';
  const { data } = await api.request(handle, {
    request: 'add_remote_publisher',
    room: ROOM,
    iface: listenIp,
    streams: [{ mid: '0', mindex: 0, type: input.kind, codec }],
  });
  const { id, port } = Published.parse(data);
  return { id: String(id), ip: listenIp, port, ssrc: CASCADE_SSRC };
}

interface Forwarder {
  readonly inletId: string;
  readonly input: Input;
  readonly sink: SinkAddress;
}

async function forward(api: JanusApi, handle: number, { inletId, input, sink }: Forwarder): Promise<void> {
  if (sink.suite !== 'AES_CM_128_HMAC_SHA1_80') {
    throw new AppError('suite-not-offered', `The forwarders of Janus cannot send ${sink.suite}.`);
  }
  const { data } = await api.request(handle, {
    request: 'rtp_forward',
    room: ROOM,
    publisher_id: Number(inletId),
    host: sink.ip,
    host_family: 'ipv4',
    streams: [{ mid: '0', port: sink.port, ssrc: input.ssrc, pt: input.payloadType }],
    srtp_suite: 80,
    srtp_crypto: Buffer.from(sink.key).toString('base64'),
  });
  Forwarded.parse(data);
}
