/** Checks the supplements of a package: each record, its signature, its file, and that none before another is gone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, Supplement } from '../../signaling/protocol/manifest.ts';
import { SUPPLEMENTS_FOLDER } from './layout.ts';
import type { Findings } from './report.ts';
import { signatureHolds, signedSupplement } from './sign.ts';
import { orderOf, parseSupplement, supplementRecord } from './supplement.ts';
import { checkFiles, walk } from './verify-files.ts';

export interface SupplementCheck {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly findings: Findings;
  readonly signal?: AbortSignal;
}

/** Returns how many there are. */
export async function checkSupplements(check: SupplementCheck): Promise<number> {
  const { folder, manifest, findings } = check;
  const files = await walk(folder, SUPPLEMENTS_FOLDER);
  const supplements: Supplement[] = [];
  for (const { file } of files.filter((each) => each.file.endsWith('.json'))) {
    const supplement = parseSupplement(await readFile(join(folder, file), 'utf8'));
    if (!supplement || supplementRecord(supplement.supplementId) !== file)
      findings.add('supplement', 'the record is not what was written', { file });
    else supplements.push(supplement);
  }
  for (const supplement of supplements) checkRecord(supplement, check);
  const known = new Set(supplements.flatMap((each) => [each.file, supplementRecord(each.supplementId)]));
  for (const { file } of files.filter((each) => !known.has(each.file) && !each.file.endsWith('.json')))
    findings.add('added', 'no supplement names this file', { file });
  const leaves = supplements.map(({ file, bytes, hash }) => ({ kind: 'other' as const, file, bytes, hash }));
  await checkFiles({ folder, leaves, findings, ...(check.signal ? { signal: check.signal } : {}) });
  const ordered = manifest.seal ? orderOf(supplements, manifest.seal.root) : [];
  if (ordered.length !== supplements.length)
    findings.add('supplement', 'one that stood before another is missing, or one is of another recording', {
      file: SUPPLEMENTS_FOLDER,
    });
  return supplements.length;
}

function checkRecord(supplement: Supplement, { manifest, findings }: SupplementCheck): void {
  const { signature, ...unsigned } = supplement;
  const file = supplementRecord(supplement.supplementId);
  const { seal } = manifest;
  if (!seal || supplement.keyId !== seal.keyId)
    findings.add('supplement', 'it is signed by another key than the recording', { file });
  else if (!signatureHolds(seal.key, signedSupplement(manifest.roomId, unsigned), signature))
    findings.add('supplement', 'its signature does not hold', { file });
}
