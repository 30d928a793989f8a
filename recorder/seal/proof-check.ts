/**
 * Checks a clip by its proof with WebCrypto alone. These very functions run in Node for `goldenhour verify --clip` and, as
 * text, in the `verify.html` of an export: each is a declaration of its own and uses nothing but the others and
 * `canonicalJson`, so that the page can carry them.
 */
import { canonicalJson } from './canonical.ts';
import type { ClipProof } from './proof.ts';

export interface ClipResult {
  readonly ok: boolean;
  /** What does not hold, each with the number of its piece where it is one. */
  readonly problems: readonly { readonly code: string; readonly piece?: number; readonly detail: string }[];
  readonly keyId: string;
  readonly roomId: string;
  readonly sealedUtc: number;
  readonly trackId: string;
  /** Room time in milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Room time 0 in UTC milliseconds, as it was sealed. */
  readonly anchorUtc: number;
}

export function hexOf(bytes: ArrayBuffer | Uint8Array): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function bytesOfBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** SHA-256 of all parts behind one another, hex. */
export async function sha256Hex(parts: readonly Uint8Array[]): Promise<string> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return hexOf(await crypto.subtle.digest('SHA-256', all));
}

/**
 * Root that an audit path leads to (RFC 9162 section 2.1.3.2, for the tree of RFC 6962), hex; undefined when the path has
 * not the length that leaf `index` of `size` must have.
 */
export async function rootOfPath(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
): Promise<string | undefined> {
  if (!(index >= 0 && index < size)) return undefined;
  const node = (left: string, right: string) =>
    sha256Hex([Uint8Array.of(1), bytesOfHex(left), bytesOfHex(right)]);
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      hash = await node(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else hash = await node(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

/** True when the leaf, in its canonical form, stands at `index` of the tree. */
export async function leafStands(
  leaf: unknown,
  index: number,
  path: readonly string[],
  { root, leaves }: { readonly root: string; readonly leaves: number },
): Promise<boolean> {
  const text = new TextEncoder().encode(canonicalJson(leaf));
  const hash = await sha256Hex([Uint8Array.of(0), text]);
  return (await rootOfPath(hash, index, leaves, path)) === root;
}

/** True when the key is the one that is named and its signature of the seal holds. */
export async function sealHolds({ roomId, seal }: Pick<ClipProof, 'roomId' | 'seal'>): Promise<boolean> {
  const { crv, kty, x, y } = seal.key;
  const name = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }));
  const thumbprint = await sha256Hex([name]);
  if (thumbprint !== hexOf(bytesOfBase64Url(seal.keyId))) return false;
  const { chain, keyId, leaves, root, sealedUtc } = seal;
  const text = canonicalJson({ type: 'goldenhour-seal', chain, keyId, leaves, roomId, root, sealedUtc });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('jwk', { crv, kty, x, y }, algorithm, false, ['verify']);
  const signature = bytesOfBase64Url(seal.signature);
  return crypto.subtle.verify(algorithm, key, signature, new TextEncoder().encode(text));
}

/** Cuts the clip into its pieces and follows each to the signed root. Never throws for a clip or proof that is wrong. */
export async function checkClip(proof: ClipProof, clip: Uint8Array): Promise<ClipResult> {
  const problems: { code: string; piece?: number; detail: string }[] = [];
  const { recording, seal, pieces } = proof;
  if (!(await sealHolds(proof).catch(() => false)))
    problems.push({ code: 'signature', detail: 'the signature of the seal does not hold' });
  const isManifest = recording.leaf.kind === 'manifest' && recording.leaf.roomId === proof.roomId;
  if (!isManifest || !(await leafStands(recording.leaf, 0, recording.path, seal)))
    problems.push({ code: 'recording', detail: 'the recording named is not the one that was sealed' });
  let at = 0;
  for (const [piece, { bytes, salt, index, leaf, path }] of pieces.entries()) {
    const part = clip.subarray(at, at + bytes);
    at += bytes;
    if (part.length !== bytes || (await sha256Hex([bytesOfBase64Url(salt), part])) !== leaf.plain)
      problems.push({ code: 'altered', piece, detail: `${leaf.file} is not as it was sealed` });
    if (!(await leafStands(leaf, index, path, seal)))
      problems.push({ code: 'path', piece, detail: `${leaf.file} is not part of what was sealed` });
  }
  if (at !== clip.length) problems.push({ code: 'length', detail: 'the clip is longer than its proof' });
  problems.push(...orderProblems(proof));
  const media = pieces.map(({ leaf }) => leaf).filter(({ kind }) => kind !== 'init');
  return {
    ok: problems.length === 0,
    problems,
    keyId: seal.keyId,
    roomId: proof.roomId,
    sealedUtc: seal.sealedUtc,
    trackId: String(pieces[0]?.leaf.trackId),
    from: Math.min(...media.map(({ from }) => Number(from))),
    to: Math.max(...media.map(({ to }) => Number(to))),
    anchorUtc: Number(recording.leaf.anchorUtc),
  };
}

/**
 * A clip is one init with consecutive segments of its track, or one fill: pieces that are genuine but put together
 * otherwise are no clip.
 */
export function orderProblems({ pieces }: Pick<ClipProof, 'pieces'>): { code: string; detail: string }[] {
  const [first, ...rest] = pieces.map(({ leaf }) => leaf);
  const wrong = (detail: string) => [{ code: 'order', detail }];
  if (first?.kind === 'fill')
    return rest.length === 0 ? [] : wrong('a fill is a clip by itself, with nothing behind it');
  if (first?.kind !== 'init' || rest.length === 0) return wrong('it does not begin with an init');
  for (const [index, { kind, trackId, initId, n }] of rest.entries()) {
    if (kind !== 'segment' || trackId !== first.trackId || initId !== first.initId)
      return wrong('a piece of something else stands in it');
    const before = rest[index - 1];
    if (before && Number(n) !== Number(before.n) + 1)
      return wrong(`segment ${n} does not follow ${before.n}`);
  }
  return [];
}
