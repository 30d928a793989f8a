import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { loadConfig } from './load.ts';
import { listOptions } from './option.ts';
import { publicConfig } from './public.ts';
import { configReference } from './reference.ts';
import { configSchema } from './schema.ts';

describe('loadConfig', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'config-test-'));
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  const write = (value: unknown, name = 'goldenhour.json') =>
    writeFile(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));

  const load = (args: string[]) => () => loadConfig({ args, env: {}, cwd });

  function problemsOf(load: () => unknown): string[] {
    try {
      load();
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'config-invalid', String(error));
      const lines = error.message.split('\n');
      assert.match(lines[0] ?? '', /^The configuration has \d+ problems?:$/);
      return lines.slice(1).map((line) => line.trim());
    }
    return assert.fail('nothing was refused');
  }

  it('gives defaults for everything and makes paths absolute', () => {
    const config = loadConfig({ env: {}, cwd });
    assert.equal(config.role, 'all');
    assert.equal(config.http.port, 8443);
    assert.equal(config.help.phoneNumber, '120');
    assert.equal(config.dataDir, join(cwd, 'data'));
    assert.equal(config.database.url, `sqlite:${join(cwd, 'data', 'goldenhour.sqlite')}`);
  });

  it('lets arguments win over the environment, that over the file, that over the defaults', async () => {
    await write({
      http: { port: 1001 },
      logLevel: 'warn',
      sfu: { region: 'east' },
      help: { phoneNumber: '911' },
    });
    const env = { GOLDENHOUR_HTTP_PORT: '1002', GOLDENHOUR_LOG_LEVEL: 'error' };
    const config = loadConfig({ args: ['--http.port', '1003'], env, cwd });
    assert.deepEqual(
      [config.http.port, config.logLevel, config.sfu.region, config.help.phoneNumber, config.sfu.nodeId],
      [1003, 'error', 'east', '911', 'n1'],
    );
  });

  it('reads numbers, switches and lists from text, and paths relative to the named file', async () => {
    await write({ dataDir: 'state' }, 'other.json');
    const config = loadConfig({
      args: [
        '--config=other.json',
        '--ice.relayOnly',
        '--ice.turn.urls',
        'turn:10.0.0.1:3478,turns:10.0.0.1:443',
      ],
      env: {
        GOLDENHOUR_ICE_TURN_SECRET: 'sixteen-letters-or-more',
        GOLDENHOUR_MEDIA_AV1: '1',
        GOLDENHOUR_SFU_RTC_BASE_PORT: '0',
        GOLDENHOUR_ICE_ICE_SERVERS: '[{"urls":["stun:10.0.0.1"]}]',
      },
      cwd,
    });
    assert.equal(config.dataDir, join(cwd, 'state'));
    assert.equal(config.ice.relayOnly, true);
    assert.equal(config.media.av1, true);
    assert.equal(config.sfu.rtcBasePort, 0);
    assert.deepEqual(config.ice.turn.urls, ['turn:10.0.0.1:3478', 'turns:10.0.0.1:443']);
    assert.deepEqual(config.ice.iceServers, [{ urls: ['stun:10.0.0.1'] }]);
  });

  it('lists every problem at once: where it is, what is wrong, what is allowed', async () => {
    await write({ http: { port: 70_000, prot: 1 }, rol: 'all', media: { av1: 'yes' }, sfu: 'n1' });
    const problems = problemsOf(() =>
      loadConfig({
        args: ['--log-level', 'info', '--limits.connectionsPerPerson', 'many', '--rooms.leaseSeconds'],
        env: { GOLDENHOUR_HTTP_PROT: '1', GOLDENHOUR_ROLE: 'king', GOLDENHOUR_CLUSTER_SECRET: 'short' },
        cwd,
      }),
    );
    const expected = [
      /^- --log-level: is not an argument of this command; allowed: did you mean --logLevel\?$/,
      /^- --rooms\.leaseSeconds: has no value/,
      /^- GOLDENHOUR_HTTP_PROT: is not an option; allowed: did you mean GOLDENHOUR_HTTP_PORT\?$/,
      /^- http\.port: .*; allowed: whole number from 0 to 65535$/,
      /^- http\.prot: is not an option; allowed: did you mean http\.port\?$/,
      /^- rol: is not an option; allowed: did you mean role\?$/,
      /^- role \(from GOLDENHOUR_ROLE\): .*; allowed: `all`, `signaling`, `sfu`, `recorder`$/,
      /^- cluster\.secret \(from GOLDENHOUR_CLUSTER_SECRET\): .*32 characters$/,
      /^- media\.av1: .*; allowed: `true` or `false`$/,
      /^- limits\.connectionsPerPerson \(from --limits\.connectionsPerPerson\): .*; allowed: whole number/,
      /^- sfu: .*; allowed: an object with nodeId, workers/,
    ];
    for (const pattern of expected)
      assert.ok(
        problems.some((line) => pattern.test(line)),
        `${pattern}\n${problems.join('\n')}`,
      );
    assert.equal(problems.length, expected.length, problems.join('\n'));
  });

  it('never repeats a wrong secret in its message', () => {
    const env = {
      GOLDENHOUR_CLUSTER_SECRET: 'planted',
      GOLDENHOUR_DATABASE_URL: 'mysql://user:planted@host/db',
    };
    assert.ok(
      !problemsOf(() => loadConfig({ env, cwd }))
        .join('\n')
        .includes('planted'),
    );
  });

  it('refuses options that do not fit together', () => {
    assert.match(
      problemsOf(load(['--role', 'signaling'])).join('\n'),
      /cluster\.secret: .*\n.*cluster\.nodes: /,
    );
    assert.match(problemsOf(load(['--tls.certFile', 'a.pem'])).join('\n'), /tls\.keyFile: /);
    assert.match(problemsOf(load(['--ice.relayOnly'])).join('\n'), /ice\.relayOnly: .*TURN/);
    assert.match(
      problemsOf(load(['--http.port', '44400'])).join('\n'),
      /http\.port: 44400 is also a media port/,
    );
  });

  it('refuses a control link between machines in the clear', () => {
    const split = ['--role', 'sfu', '--cluster.secret', 'x'.repeat(32), '--sfu.control.host', '10.0.0.7'];
    assert.match(problemsOf(load(split)).join('\n'), /sfu\.control\.host: .*in the clear/);
    load([...split, '--sfu.control.certFile', 'c.pem', '--sfu.control.keyFile', 'k.pem'])();
    const half = [...split, '--sfu.control.certFile', 'c.pem'];
    assert.match(problemsOf(load(half)).join('\n'), /sfu\.control\.keyFile/);
  });

  it('stops at a named file that is missing or broken', async () => {
    assert.match(
      problemsOf(() => loadConfig({ args: ['--config', 'no.json'], env: {}, cwd })).join(),
      /cannot be read/,
    );
    await write('{ "http": ', 'broken.json');
    assert.match(
      problemsOf(() => loadConfig({ args: ['--config', 'broken.json'], env: {}, cwd })).join(),
      /is not JSON/,
    );
    await write('[]', 'list.json');
    assert.match(
      problemsOf(() => loadConfig({ args: ['--config', 'list.json'], env: {}, cwd })).join(),
      /not a JSON object/,
    );
  });
});

describe('publicConfig', () => {
  it('shows the options without any secret', () => {
    const planted = 'planted-secret-of-more-than-32-characters';
    const config = loadConfig({
      env: {
        GOLDENHOUR_CLUSTER_SECRET: planted,
        GOLDENHOUR_DATABASE_URL: `postgres://gh:${planted}@db/gh`,
        GOLDENHOUR_ICE_TURN_SECRET: planted,
        GOLDENHOUR_ICE_ICE_SERVERS: JSON.stringify([
          { urls: ['turn:10.0.0.1'], username: 'u', credential: planted },
        ]),
      },
    });
    const shown = JSON.stringify(publicConfig(config));
    assert.ok(!shown.includes('planted'), shown);
    assert.ok(shown.includes('"secret":"[set]"') && shown.includes('"port":8443'), shown);
  });
});

describe('the reference of the configuration', () => {
  it('is up to date in docs/configuration.md', async () => {
    const written = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
    assert.equal(written, configReference(), 'run: bin/goldenhour config --reference --write');
  });

  it('says what every option means, and no two share a name in the environment', () => {
    const options = listOptions(configSchema);
    for (const { path, meta } of options) assert.ok(meta.meaning.length > 10, path);
    assert.equal(new Set(options.map(({ env }) => env)).size, options.length);
  });
});
