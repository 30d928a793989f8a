/** A real RFC 3161 time authority for tests: OpenSSL's, with a root of its own, over HTTP on loopback. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TimeAuthority {
  readonly url: string;
  /** PEM of the root. */
  readonly root: string;
  readonly rootFile: string;
  /** The whole reply to a request. */
  answer(request: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}

const CONFIG = `
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[service]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`;

export async function openAuthority(folder: string): Promise<TimeAuthority> {
  await mkdir(folder, { recursive: true });
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder, timeout: 30_000 });
  await writeFile(join(folder, 'config'), CONFIG);
  await writeFile(join(folder, 'serial'), '01\n');
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  for (const name of ['root', 'stranger'])
    await openssl(
      ...['req', '-x509', ...newKey, '-subj', `/CN=Test ${name}`, '-days', '30'],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
  await openssl(
    'req',
    ...newKey,
    '-subj',
    '/CN=Test time authority',
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.csr',
  );
  await openssl(
    ...['x509', '-req', '-in', 'tsa.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial'],
    ...['-days', '30', '-extfile', 'config', '-extensions', 'tsa', '-out', 'tsa.pem'],
  );
  const answer = async (request: Uint8Array) => {
    await writeFile(join(folder, 'request'), request);
    await openssl(
      ...['ts', '-reply', '-queryfile', 'request', '-config', 'config', '-section', 'service'],
      ...['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-chain', 'root.pem', '-out', 'reply'],
    );
    return readFile(join(folder, 'reply'));
  };
  const server = createServer((request, response) => {
    buffer(request)
      .then(answer)
      .then((reply) => response.setHeader('content-type', 'application/timestamp-reply').end(reply))
      .catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the authority has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    root: await readFile(join(folder, 'root.pem'), 'utf8'),
    rootFile: join(folder, 'root.pem'),
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
