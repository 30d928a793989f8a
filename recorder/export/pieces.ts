/** Plain bytes of files of a package behind one another, in memory. */
import type { PlainAccess } from '../seal/plain.ts';

export async function* plainPieces(
  access: PlainAccess,
  files: readonly string[],
): AsyncGenerator<Uint8Array> {
  for (const file of files) yield (await access.open(file)).plain;
}
