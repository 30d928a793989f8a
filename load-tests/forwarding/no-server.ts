/** The floor: no server at all. The source sends its plain RTP to the sampled sinks itself, over the same link. */
import type { ForwardingServer, StartServer } from './types.ts';

export const startNone: StartServer = async () =>
  ({
    name: 'none',
    version: '',
    pids: [],
    suites: ['AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80'],
    publish: async ({ ssrc }) => ({ id: String(ssrc), ip: '', port: 0 }),
    addSink: async (_inletId, { key }) => ({ key }),
    close: async () => undefined,
  }) satisfies ForwardingServer;
