import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templates, writeConfig } from './config.ts';
import { janusLeftOut } from './left-out.ts';
import { JANUS_PAGE, janusPage } from './page.ts';

const PAGE = new URL(`../../docs/${JANUS_PAGE}`, import.meta.url);
const SETTINGS = { port: 20_123, listenIp: '10.0.0.1', iceLite: true };

describe('The published configuration of Janus', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-janus-page-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is the one that runs, but for the values in braces', async () => {
    await writeConfig({ folder, ...SETTINGS });
    const published = await readFile(PAGE, 'utf8');
    const fences = [
      ...published.matchAll(/^### `load-tests\/janus\/config\/(.+)`\n\n```jcfg\n([\s\S]*?)^```$/gm),
    ];
    assert.deepEqual(fences.map(([, name]) => name).sort(), (await readdir(folder)).sort());
    for (const [, name = '', text = ''] of fences) {
      const parts = text.split(/\{\{\w+\}\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      assert.match(await readFile(join(folder, name), 'utf8'), new RegExp(`^${parts.join('.+')}$`), name);
    }
  });

  it('has the values that were asked for', async () => {
    await writeConfig({ folder, ...SETTINGS });
    const core = await readFile(join(folder, 'janus.jcfg'), 'utf8');
    assert.match(core, /ice_enforce_list = "10\.0\.0\.1"/);
    assert.match(core, /ice_lite = true/);
    assert.ok(core.includes(`configs_folder = "${folder}"`));
    assert.match(await readFile(join(folder, 'janus.transport.websockets.jcfg'), 'utf8'), /ws_port = 20123/);
  });

  it('explains itself: a comment stands before most settings', async () => {
    for (const [name, text] of Object.entries(await templates())) assert.match(text, /^\s*#/m, name);
  });

  it('comes with whole sentences on what a comparison leaves out', async () => {
    const sentences = await janusLeftOut();
    assert.ok(sentences.length > 0);
    for (const sentence of sentences) assert.match(sentence, /^[A-Z].*\.$/);
  });

  it('stands on a page that is up to date', async () => {
    assert.equal(await readFile(PAGE, 'utf8'), await janusPage());
  });
});
