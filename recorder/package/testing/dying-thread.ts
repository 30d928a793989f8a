/** The packager's thread, which dies once: 300 ms after its start when there is a file of this name, which is gone then. */
import { existsSync, rmSync } from 'node:fs';

const file = process.env.GOLDENHOUR_TEST_DYING ?? '';
if (existsSync(file)) {
  setTimeout(() => {
    rmSync(file);
    throw new Error('This thread was told to die.');
  }, 300);
}
await import('../thread.ts');
