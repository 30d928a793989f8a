import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestSchema, SCHEMA_FILE } from './manifest-schema.ts';

describe('the published schema of the manifest', () => {
  it('is that of the parser', async () => {
    const text = await readFile(join(import.meta.dirname, '..', '..', SCHEMA_FILE), 'utf8');
    const made: unknown = JSON.parse(JSON.stringify(manifestSchema()));
    assert.deepEqual(JSON.parse(text), made, 'run: node recorder/package/manifest-schema.ts');
  });
});
