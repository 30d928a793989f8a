import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BringNodeError, bringNode, cacheRoot, isNewEnough, pinned } from './bring-node.mjs';
import { findProgram, runProgram } from './run-program.ts';

const root = join(import.meta.dirname, '..', '..');

/** A registry that serves one package whose archive holds a script in the place of Node. */
async function foreignRegistry(folder: string): Promise<Server> {
  const name = pinned.packages.x64?.name ?? '';
  await mkdir(join(folder, 'package', 'bin'), { recursive: true });
  await writeFile(join(folder, 'package', 'package.json'), JSON.stringify({ name, version: pinned.version }));
  await writeFile(join(folder, 'package', 'bin', 'node'), '#!/bin/sh\necho taken over\n', { mode: 0o755 });
  await runProgram('tar', ['-czf', join(folder, 'package.tgz'), '-C', folder, 'package']);
  const archive = await readFile(join(folder, 'package.tgz'));
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return response.end(archive);
    const tarball = `http://${request.headers.host}/package.tgz`;
    const version = { name, version: pinned.version, dist: { tarball, integrity } };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: pinned.version },
        versions: { [pinned.version]: version },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('bringing a Node', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('knows which versions are too old', () => {
    const judged = ['18.20.0', '20.20.2', '24.13.9', '24.14.0', '24.21.0', '26.0.0'].map((version) =>
      isNewEnough(version),
    );
    assert.deepEqual(judged, [false, false, false, true, true, true]);
  });

  it('keeps what it fetched where the operator says', () => {
    assert.equal(cacheRoot({ GOLDENHOUR_CACHE: '/a', XDG_CACHE_HOME: '/b' }), '/a');
    assert.equal(cacheRoot({ XDG_CACHE_HOME: '/b' }), '/b/goldenhour');
    assert.match(cacheRoot({}), /\/\.cache\/goldenhour$/);
  });

  it('refuses an archive that is not the one that was pinned, and leaves nothing of it', async () => {
    const server = await foreignRegistry(folder);
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const cache = join(folder, 'cache');
    const before = process.env.npm_config_registry;
    process.env.npm_config_registry = `http://127.0.0.1:${address.port}/`;
    process.env.npm_config_cache = join(folder, 'npm-cache');
    try {
      await assert.rejects(
        bringNode({ cache, arch: 'x64', platform: 'linux' }),
        (error) => error instanceof BringNodeError && error.code === 'node-integrity-mismatch',
      );
      assert.deepEqual(readdirSync(join(cache, 'node')), []);
    } finally {
      delete process.env.npm_config_cache;
      if (before === undefined) delete process.env.npm_config_registry;
      else process.env.npm_config_registry = before;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('says what to do where none can be fetched', async () => {
    await assert.rejects(
      bringNode({ cache: folder, arch: 'x64', platform: 'win32' }),
      (error) => error instanceof BringNodeError && /Install Node/.test(error.whatToDo),
    );
  });

  it('continues on a Node of its own when it is started by an older one', async function () {
    this.timeout(120_000);
    const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')];
    const candidates = new Set(folders.map((path) => findProgram('node', { PATH: path })));
    for (const node of candidates) {
      if (node === undefined) continue;
      const { stdout } = await runProgram(node, ['--version']);
      if (isNewEnough(stdout.trim().slice(1))) continue;
      const result = await runProgram(node, [join(root, 'bin', 'goldenhour'), 'start', '--help'], {
        deadlineMs: 100_000,
      });
      assert.equal(result.code, 0, result.tail);
      assert.match(result.stdout, /^Usage: goldenhour start/);
      return;
    }
    this.skip();
  });
});
