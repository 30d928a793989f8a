import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { appendLine, readAppended } from './lines.ts';

const Line = z.strictObject({ n: z.int() });

describe('a file to which several append lines', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-lines-'));
    file = join(folder, 'fills.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('keeps every whole line, also behind one that a crash or a full disk has torn', async () => {
    await appendLine(file, { n: 1 });
    await appendLine(file, { n: 2 });
    await truncate(file, 12);
    await appendLine(file, { n: 3 });
    await appendLine(file, { n: 4 });
    assert.deepEqual(await readAppended(file, Line), [{ n: 1 }, { n: 3 }, { n: 4 }]);
  });

  it('is empty when it is not there, and without its torn end', async () => {
    assert.deepEqual(await readAppended(file, Line), []);
    await appendLine(file, { n: 1 });
    await truncate(file, 4);
    assert.deepEqual(await readAppended(file, Line), []);
  });
});
