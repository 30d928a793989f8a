/** The configuration that Janus is measured with: files of Janus's own format beside this one, with a few names to fill in. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = new URL('config/', import.meta.url);

export interface Settings {
  /** Folder of the configuration and of the log. */
  readonly folder: string;
  /** Port for WebSockets on 127.0.0.1. */
  readonly port: number;
  /** The one address that media goes through. */
  readonly listenIp: string;
  /** True where viewers connect by WebRTC as to a public server. */
  readonly iceLite: boolean;
}

/** The templates by file name, as they are published. */
export async function templates(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(TEMPLATES)).filter((name) => name.endsWith('.jcfg')).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, TEMPLATES), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
}

/** Writes the files that Janus reads into the folder. Throws when a template has a name that nothing fills. */
export async function writeConfig(settings: Settings): Promise<void> {
  const values = new Map([
    ['folder', settings.folder],
    ['name', 'goldenhour-bench'],
    ['port', String(settings.port)],
    ['listen_ip', settings.listenIp],
    ['ice_lite', String(settings.iceLite)],
  ]);
  for (const [name, text] of Object.entries(await templates())) {
    const filled = text.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
      const value = values.get(key);
      if (value === undefined) throw new Error(`${name} of ${fileURLToPath(TEMPLATES)} asks for ${key}`);
      return value;
    });
    await writeFile(join(settings.folder, name), filled);
  }
}
