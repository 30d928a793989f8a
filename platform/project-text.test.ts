import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Folders of one person's or one build's machine. They are written so that this file does not match itself. */
const machinePaths = [
  /(?<![\w.])\/(?:root|work)\/[\w.]/,
  /(?<![\w.])\/home\/[a-z]/,
  /(?<![\w.])\/Users\/[A-Za-z]/,
];

const root = join(import.meta.dirname, '..');

describe('the texts of the project', () => {
  it('name no folder of the machine they were written on', function () {
    if (!existsSync(join(root, '.git'))) return this.skip();
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
    });
    const found: string[] = [];
    for (const file of listed.toString('utf8').split('\0')) {
      if (file === '' || !existsSync(join(root, file))) continue;
      const text = readFileSync(join(root, file), 'utf8');
      // Pictures and sounds are not texts.
      if (text.includes('\0')) continue;
      for (const [index, line] of text.split('\n').entries()) {
        if (machinePaths.some((pattern) => pattern.test(line))) found.push(`${file}:${index + 1}`);
      }
    }
    assert.deepEqual(found, []);
  });

  it('would be found out', () => {
    const planted = ['see /ro', 'ot/x.ts or /ho', 'me/ann/y'].join('');
    assert.ok(machinePaths.some((pattern) => pattern.test(planted)));
  });
});
