/** The installation's key that signs packages: ECDSA P-256, made once, kept for its owner's eyes alone. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';
import { newId } from '../../platform/ids.ts';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** RFC 7638 thumbprint (SHA-256, base64url) of the public key: the `keyId` of seals. */
  readonly keyId: string;
}

export const SIGNING_KEY_FILE = 'recording-signing.key';

/** Reads the key, or makes it; two processes that start at once end up with the same. Throws `signing-key-invalid`. */
export async function openSigningKey(dataDir: string): Promise<SigningKey> {
  const file = join(dataDir, SIGNING_KEY_FILE);
  const found = await readPem(file);
  if (found !== undefined) return signingKeyFrom(found);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fresh = `${file}.${newId()}.new`;
  await writeAtomically(fresh, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  try {
    // A link fails where a file stands already: the slower of two processes takes the other's key.
    await link(fresh, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  return signingKeyFrom((await readPem(file)) ?? '');
}

function signingKeyFrom(pem: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not on P-256');
    const publicKey = createPublicKey(privateKey);
    return { privateKey, publicKey, keyId: thumbprint(publicKey) };
  } catch (cause) {
    throw new AppError('signing-key-invalid', `${SIGNING_KEY_FILE} is not a private key on P-256.`, {
      whatToDo: 'Restore it from a backup, or remove it: a new one is made, and later seals bear its name.',
      cause,
    });
  }
}

/** RFC 7638: SHA-256 over the required members of the public JWK in lexicographic order; base64url. */
export function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

async function readPem(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
