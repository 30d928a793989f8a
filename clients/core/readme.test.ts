import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
/** Layout differs between a document and a compiled file; words do not. */
const words = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

describe('README of the core SDK', () => {
  it('shows only code that is compiled', () => {
    const examples = words(read('testing/readme-examples.ts'));
    const blocks = [...read('README.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) =>
      words(code ?? ''),
    );
    assert.ok(blocks.length >= 8);
    const unknown = blocks.filter((code) => !code.startsWith('import') && !examples.includes(code));
    assert.deepEqual(unknown, []);
  });
});
