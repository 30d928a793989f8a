import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Koa from 'koa';
import { isAppError } from '../../platform/errors.ts';
import { loadPages } from './pages.ts';
import { openTestDoor, type TestDoor } from './testing/door.ts';

const HASHED = '/assets/main-B1x9_kQz.js';

describe('pages', () => {
  let folder: string;
  let door: TestDoor;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-pages-'));
    const pages = join(folder, 'dist');
    await mkdir(join(pages, 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.html'), 'outside');
    await writeFile(join(pages, 'index.html'), '<!doctype html><title>Pages</title>');
    await writeFile(join(pages, 'favicon.svg'), '<svg/>');
    await writeFile(join(pages, HASHED), 'plain()');
    await writeFile(join(pages, `${HASHED}.gz`), gzipSync('plain()'));
    await writeFile(join(pages, `${HASHED}.br`), 'brotli bytes');
    await writeFile(join(pages, `${HASHED}.map`), '{"sources":[]}');
    door = await openTestDoor({ pagesFolder: pages });
  });
  after(async () => {
    await door.close();
    await rm(folder, { recursive: true });
  });

  it('lets a worker answer for the page beside its folder, and other files for nothing', async () => {
    const pages = join(folder, 'worker');
    await mkdir(pages);
    await writeFile(join(pages, 'index.html'), '<!doctype html>');
    await writeFile(join(pages, 'sw.js'), 'work()');
    await writeFile(join(pages, 'old.js'), 'help()');
    const { files } = await loadPages(pages, '/v');
    const answer = async (path: string) => {
      const server = new Koa().use(files).listen(0, '127.0.0.1');
      try {
        await once(server, 'listening');
        const address = server.address();
        const port = typeof address === 'object' && address ? address.port : 0;
        return (await fetch(`http://127.0.0.1:${port}${path}`)).headers;
      } finally {
        server.close();
      }
    };
    assert.equal((await answer('/v/sw.js')).get('service-worker-allowed'), '/v');
    assert.equal((await answer('/v/sw.js')).get('cache-control'), 'no-cache');
    assert.equal((await answer('/v/old.js')).get('service-worker-allowed'), null);
  });

  it('opens the one page at every address of the application, never from a cache unasked', async () => {
    const paths = [
      '/',
      '/sign-in',
      '/rooms',
      '/unit',
      '/glasses',
      '/enrol',
      '/join',
      '/trust',
      '/ambulance',
      '/ambulance/r1',
      '/consult',
      '/consult/0190-a',
      '/dispatch',
      '/dispatch/0190-a',
    ];
    for (const path of paths) {
      const answer = await door.send({ path });
      assert.deepEqual([answer.status, answer.text], [200, '<!doctype html><title>Pages</title>'], path);
      assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8', path);
      assert.equal(answer.headers['cache-control'], 'no-cache', path);
      assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/, path);
    }
    assert.equal((await door.send({ path: '/consult/a/b' })).status, 404);
    assert.equal((await door.send({ path: '/nothing' })).status, 404);
  });

  it('lets files with a hash in their name be kept for ever, in the encoding the browser takes', async () => {
    const get = (encodings: string) => door.send({ path: HASHED, headers: { 'accept-encoding': encodings } });
    const plain = await get('identity');
    assert.equal(plain.text, 'plain()');
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal(plain.headers['content-encoding'], undefined);
    const br = await get('gzip, deflate, br');
    assert.deepEqual([br.headers['content-encoding'], br.text], ['br', 'brotli bytes']);
    assert.equal((await get('gzip')).headers['content-encoding'], 'gzip');
    assert.equal(br.headers.vary, 'Accept-Encoding');
    assert.equal(br.headers['content-type'], 'text/javascript; charset=utf-8');
    assert.notEqual(br.headers.etag, plain.headers.etag);
  });

  it('answers 304 to who has it already', async () => {
    const first = await door.send({ path: '/favicon.svg' });
    const etag = String(first.headers.etag);
    const second = await door.send({ path: '/favicon.svg', headers: { 'if-none-match': etag } });
    assert.deepEqual([second.status, second.text], [304, '']);
    assert.equal(first.headers['cache-control'], 'no-cache');
  });

  it('gives nothing that is not a file of the build', async () => {
    const paths = [
      '/../secret.html',
      '/%2e%2e/secret.html',
      '/assets/../../secret.html',
      '/assets',
      '/assets/',
      `${HASHED}.map`,
      `${HASHED}.br`,
      '/index.html%00',
      '//etc/passwd',
    ];
    for (const path of paths) assert.equal((await door.send({ path })).status, 404, path);
  });

  it('lets HEAD ask and POST not', async () => {
    const head = await door.send({ method: 'HEAD', path: HASHED });
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '7']);
    assert.equal((await door.send({ method: 'POST', path: '/rooms', body: {} })).status, 404);
  });

  it('says what to do when there are none', async () => {
    await assert.rejects(loadPages(join(folder, 'none')), (error) => isAppError(error, 'pages-missing'));
  });
});
