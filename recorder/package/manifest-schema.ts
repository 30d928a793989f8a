/**
 * The published JSON schema of `manifest.json`, made from its parser. To write it anew:
 * `node recorder/package/manifest-schema.ts`, then `npx biome format --write docs/schema`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { Manifest } from '../../signaling/protocol/manifest.ts';

export const SCHEMA_FILE = 'docs/schema/recording-manifest.schema.json';

/** JSON Schema 2020-12. */
export function manifestSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(Manifest);
  return {
    $schema,
    $id: 'goldenhour-recording-manifest-1',
    title: 'manifest.json of a GoldenHour recording, version 1',
    description: 'docs/recording.md says what the members mean; times are room time in milliseconds.',
    ...schema,
  };
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', '..', SCHEMA_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(manifestSchema(), null, 2)}\n`);
}
