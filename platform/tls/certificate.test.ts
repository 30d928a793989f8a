import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, systemClock } from '../clock.ts';
import { isAppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { serverCertificate } from './certificate.ts';
import { CertificateKeeper } from './keeper.ts';

const dayMs = 86_400_000;

describe('the local certificate', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tls-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('is trusted by a client that trusts the authority, by name and by address', async () => {
    const { key, cert, authority } = await serverCertificate(
      { dataDir, hostnames: ['vehicle.example'] },
      systemClock,
    );
    const server = createServer({ key, cert }, (_request, response) => response.end('trusted'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    try {
      for (const servername of ['localhost', 'vehicle.example', '']) {
        const body = await new Promise<string>((resolve, reject) => {
          const options = { host: '127.0.0.1', port: address.port, ca: authority, agent: false };
          get(servername === '' ? options : { ...options, servername }, (response) => {
            response.setEncoding('utf8').on('data', resolve);
          }).on('error', reject);
        });
        assert.equal(body, 'trusted');
      }
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('keeps its keys readable for their owner alone and stays the same at the next start', async () => {
    const first = await serverCertificate({ dataDir, hostnames: [] }, systemClock);
    const second = await serverCertificate({ dataDir, hostnames: [] }, systemClock);
    assert.equal(second.cert, first.cert);
    for (const name of ['authority.key', 'server.key']) {
      assert.equal((await stat(join(dataDir, 'tls', name))).mode & 0o777, 0o600, name);
    }
  });

  it('is issued anew, by the same authority, for a new name and before it expires', async () => {
    const clock = new ManualClock(Date.now());
    const first = await serverCertificate({ dataDir, hostnames: [] }, clock);
    const renamed = await serverCertificate({ dataDir, hostnames: ['10.9.8.7'] }, clock);
    assert.notEqual(renamed.cert, first.cert);
    assert.equal(renamed.authority, first.authority);
    assert.equal(new X509Certificate(renamed.cert).checkIP('10.9.8.7'), '10.9.8.7');
    clock.advance(360 * dayMs);
    assert.equal((await serverCertificate({ dataDir, hostnames: ['10.9.8.7'] }, clock)).cert, renamed.cert);
    clock.advance(10 * dayMs);
    const renewed = await serverCertificate({ dataDir, hostnames: ['10.9.8.7'] }, clock);
    assert.notEqual(renewed.cert, renamed.cert);
    assert.ok(renewed.expiresAt > clock.now() + 300 * dayMs);
  });

  it('is issued again where a crash left half a file', async () => {
    const first = await serverCertificate({ dataDir, hostnames: [] }, systemClock);
    await writeFile(join(dataDir, 'tls', 'server.crt'), first.cert.slice(0, 100));
    const second = await serverCertificate({ dataDir, hostnames: [] }, systemClock);
    assert.equal(await readFile(join(dataDir, 'tls', 'server.crt'), 'utf8'), second.cert);
    assert.equal(second.authority, first.authority);
  });

  it('names an authority that may sign servers but no further authorities', async () => {
    const { cert, authority } = await serverCertificate({ dataDir, hostnames: [] }, systemClock);
    const root = new X509Certificate(authority ?? '');
    const server = new X509Certificate(cert);
    assert.equal(root.ca, true);
    assert.equal(server.ca, false);
    assert.ok(server.checkIssued(root));
    const days = (server.validToDate.getTime() - server.validFromDate.getTime()) / dayMs;
    assert.ok(days <= 825, `Apple refuses ${days} days`);
  });

  it('tells a running listener of a renewed certificate', async () => {
    const clock = new ManualClock(Date.now());
    const log = createLogger('test', {}, { level: 'silent' });
    const keeper = await CertificateKeeper.open({ dataDir, hostnames: [] }, clock, log);
    try {
      const renewed: string[] = [];
      keeper.onRenewed(({ cert }) => renewed.push(cert));
      await keeper.check();
      assert.deepEqual(renewed, []);
      clock.advance(380 * dayMs);
      await keeper.check();
      assert.deepEqual(renewed, [keeper.current.cert]);
    } finally {
      keeper.close();
    }
  });
});

describe('a given certificate', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tls-test-'));
    await serverCertificate({ dataDir, hostnames: [] }, systemClock);
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('is used as it is, and refused when missing, expired or beside a foreign key', async () => {
    const file = (name: string) => join(dataDir, 'tls', name);
    const given = (certFile: string, keyFile: string) => ({
      dataDir,
      hostnames: [],
      certFile: file(certFile),
      keyFile: file(keyFile),
    });
    const used = await serverCertificate(given('server.crt', 'server.key'), systemClock);
    assert.equal(used.cert, await readFile(file('server.crt'), 'utf8'));
    assert.equal(used.authority, undefined);
    const refused = (error: unknown) => isAppError(error, 'certificate-invalid');
    await assert.rejects(serverCertificate(given('server.crt', 'authority.key'), systemClock), refused);
    await assert.rejects(serverCertificate(given('missing.crt', 'server.key'), systemClock), refused);
    const later = new ManualClock(Date.now() + 400 * dayMs);
    await assert.rejects(serverCertificate(given('server.crt', 'server.key'), later), refused);
  });
});
