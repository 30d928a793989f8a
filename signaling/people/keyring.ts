/** What the installation's master key is used for: sealing private keys and hashing short secrets, each with a key of its own. */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import { writeAtomically } from '../../platform/files.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class Keyring {
  readonly #sealing: Buffer;
  readonly #hashing: Buffer;

  /** Throws `master-key-invalid` unless the master key has 32 bytes. */
  constructor(masterKey: Uint8Array) {
    if (masterKey.byteLength !== 32) throw invalidMasterKey();
    this.#sealing = derive(masterKey, 'goldenhour people sealing');
    this.#hashing = derive(masterKey, 'goldenhour people hashing');
  }

  /** Encrypts with AES-256-GCM, bound to `purpose`; base64 of nonce, ciphertext and tag. */
  seal(plain: string, purpose: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
  }

  /** Throws `unsealing-failed` for another master key, another purpose or changed bytes. */
  open(sealed: string, purpose: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const tag = bytes.subarray(-TAG_BYTES);
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#sealing, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
      return (
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch (cause) {
      throw new AppError('unsealing-failed', 'A stored key cannot be opened with this master key.', {
        whatToDo: 'Start with the master key of the installation that wrote this database.',
        cause,
      });
    }
  }

  /** A keyed hash for secrets short enough to be searched, such as six digits. */
  mac(text: string): string {
    return createHmac('sha256', this.#hashing).update(text).digest('hex');
  }
}

/** The stored form of a secret of 128 bits or more, which nobody can search. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Reads the master key of an installation from `master.key` in its data folder, and makes it at the first start. Two
 * processes that start at once end up with the same key. Throws `master-key-invalid` for a file of another form.
 */
export async function readMasterKey(dataDir: string): Promise<Uint8Array> {
  const file = join(dataDir, 'master.key');
  const found = await readKey(file);
  if (found) return found;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.new`;
  await writeAtomically(fresh, `${randomBytes(32).toString('hex')}\n`, 0o600);
  try {
    // A link fails where a file stands already: the slower of two processes takes the other's key.
    await link(fresh, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  const made = await readKey(file);
  if (!made) throw invalidMasterKey();
  return made;
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[0-9a-f]{64}\s*$/.test(text)) throw invalidMasterKey();
  return Buffer.from(text.trim(), 'hex');
}

function invalidMasterKey(): AppError {
  return new AppError('master-key-invalid', 'The master key is not 32 bytes.', {
    whatToDo: 'Restore master.key of the data folder from a backup; without it the signing keys are lost.',
  });
}

function derive(masterKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, new Uint8Array(0), purpose, 32));
}
