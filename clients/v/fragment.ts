/**
 * What stands behind the `#` of the address: the secret of a link, or of a fixed code at a known place. A fragment never
 * leaves the browser by itself, so neither servers, proxies nor previews see it (RFC 9110 section 4.2.4).
 */
export interface Fragment {
  readonly kind: 'link' | 'place';
  readonly secret: string;
}

/** The same characters as `LinkSecret` of the contract. */
const SECRET = /^[A-Za-z0-9_-]{22,64}$/;
/** `/v#p.<secret>`: a dot is in no secret, so that neither can be taken for the other. */
const PLACE = 'p.';

/** Undefined where the address holds no secret, or one that was cut off on its way. */
export function readFragment(hash: string): Fragment | undefined {
  const text = hash.replace(/^#/, '').trim();
  const place = text.startsWith(PLACE);
  const secret = place ? text.slice(PLACE.length) : text;
  return SECRET.test(secret) ? { kind: place ? 'place' : 'link', secret } : undefined;
}
