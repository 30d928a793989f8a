import 'reflect-metadata';
import assert from 'node:assert/strict';
import * as x509 from '@peculiar/x509';
import * as z from 'zod/mini';
import { createLogger } from '../log.ts';
import { connectRpc } from './websocket-client.ts';
import { listenRpc } from './websocket-server.ts';

const TABLE = {
  methods: { ping: { params: z.strictObject({}), result: z.strictObject({}) } },
  events: {},
} as const;
type Table = typeof TABLE;

const secret = 'the secret of this cluster, 32 bytes';

/** A certificate for 127.0.0.1 that vouches for itself, as PEM. */
async function selfSigned(): Promise<{ key: string; cert: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=control link test',
      keys,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
    },
    crypto,
  );
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}

describe('control link over TLS', () => {
  it('reaches a server whose authority is given, and no other', async () => {
    const tls = await selfSigned();
    const { promise: refused, resolve: refuse } = Promise.withResolvers<void>();
    const logger = createLogger(
      'rpc-test',
      {},
      {
        level: 'warn',
        destination: { write: (line) => (/self-signed/.test(line) ? refuse() : undefined) },
      },
    );
    const server = await listenRpc({
      table: TABLE,
      service: {
        handle: async <M extends keyof Table['methods']>(method: M) =>
          z.parse<Table['methods'][M]['result']>(TABLE.methods[method].result, {}),
        onEvent: () => () => {},
      },
      host: '127.0.0.1',
      port: 0,
      secret,
      tls,
      logger,
    });
    const options = {
      table: TABLE,
      url: `wss://127.0.0.1:${server.port}`,
      secret,
      logger,
      label: 'the test',
    };
    const stranger = connectRpc(options);
    await refused;
    assert.equal(stranger.connected, false);
    await stranger.close('end of test');
    const client = connectRpc({ ...options, ca: tls.cert });
    await new Promise<void>((resolve) => {
      client.onLink((state) => {
        if (state === 'up') resolve();
      });
    });
    assert.deepEqual(await client.request('ping', {}), {});
    await client.close('end of test');
    await server.close('end of test');
  });
});
