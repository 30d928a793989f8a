/**
 * What `verify.html` does, in the browser. Each function is a declaration of its own and uses only the others that the page
 * carries (see `verify-page.ts`).
 */
import type { ClipProof } from '../seal/proof.ts';
import { checkClip, sha256Hex } from '../seal/proof-check.ts';

export interface PageData {
  readonly keyId: string;
  readonly files: readonly { file: string; bytes: number; sha256: string; what: string }[];
}

export interface FileResult {
  readonly file: string;
  readonly state: 'good' | 'bad' | 'not-chosen';
  readonly text: string;
}

/** Chosen files by their place in the export; a file chosen alone is known by its name. */
export function readFiles(data: PageData, chosen: Iterable<File>): Map<string, File> {
  const found = new Map<string, File>();
  for (const file of chosen) {
    const path = file.webkitRelativePath || file.name;
    const entry = data.files.find((each) => path === each.file || path.endsWith(`/${each.file}`));
    const byName = data.files.find((each) => each.file.split('/').at(-1) === file.name);
    const place = entry ?? byName;
    if (place) found.set(place.file, file);
  }
  return found;
}

/** Compares every file with its hash, and follows every clip to the signed root. */
export async function checkAll(data: PageData, found: ReadonlyMap<string, File>): Promise<FileResult[]> {
  const results: FileResult[] = [];
  for (const { file, sha256, what } of data.files) {
    const chosen = found.get(file);
    if (!chosen) {
      results.push({ file, state: 'not-chosen', text: 'not chosen · 未选择' });
      continue;
    }
    try {
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      if ((await sha256Hex([bytes])) !== sha256) {
        results.push({ file, state: 'bad', text: 'not the file of this export · 与导出文件不一致' });
        continue;
      }
      if (what !== 'clip') {
        results.push({ file, state: 'good', text: 'unchanged · 未改动' });
        continue;
      }
      const proofFile = found.get(file.replace(/\.[^.]+$/, '.proof.json'));
      if (!proofFile) {
        results.push({ file, state: 'not-chosen', text: 'its proof was not chosen · 未选择其证明文件' });
        continue;
      }
      const proof: ClipProof = JSON.parse(await proofFile.text());
      const result = await checkClip(proof, bytes);
      const isOurs = result.keyId === data.keyId;
      const at = (ms: number) => new Date(result.anchorUtc + ms).toISOString();
      results.push({
        file,
        state: result.ok && isOurs ? 'good' : 'bad',
        text:
          result.ok && isOurs
            ? `as it was sealed · 与封存时一致: ${at(result.from)} – ${at(result.to)}`
            : `not as it was sealed · 与封存时不一致: ${result.problems.map(({ detail }) => detail).join('; ')}`,
      });
    } catch (error) {
      results.push({ file, state: 'bad', text: `cannot be checked · 无法校验: ${error}` });
    }
  }
  return results;
}

/** Puts the results on the page, as text only. */
export function showResult(results: readonly FileResult[], page: Document): void {
  const table = page.getElementById('results');
  const summary = page.getElementById('summary');
  const rows = results.map(({ file, state, text }) => {
    const row = page.createElement('tr');
    for (const content of [file, text]) {
      const cell = page.createElement('td');
      cell.textContent = content;
      row.append(cell);
    }
    row.className = state === 'not-chosen' ? '' : state;
    return row;
  });
  table?.replaceChildren(...rows);
  const bad = results.filter(({ state }) => state === 'bad').length;
  const left = results.filter(({ state }) => state === 'not-chosen').length;
  if (!summary) return;
  summary.className = bad > 0 ? 'bad' : left > 0 ? '' : 'good';
  summary.textContent =
    bad > 0
      ? `${bad} file(s) do not hold · ${bad} 个文件未通过校验`
      : left > 0
        ? `${results.length - left} file(s) hold, ${left} were not checked · ${results.length - left} 个文件通过，${left} 个未校验`
        : `Everything holds · 全部通过校验 (${results.length})`;
}

/** Checks whatever is chosen, as soon as it is. */
export function runPage(data: PageData, page: Document): void {
  for (const name of ['files', 'folder']) {
    const input = page.getElementById(name);
    if (!(input instanceof HTMLInputElement)) continue;
    input.addEventListener('change', () => {
      const summary = page.getElementById('summary');
      if (summary) summary.textContent = '…';
      checkAll(data, readFiles(data, input.files ?? [])).then(
        (results) => showResult(results, page),
        (error: unknown) => {
          if (summary) summary.textContent = String(error);
        },
      );
    });
  }
}
