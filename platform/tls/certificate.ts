/** The certificate of the HTTPS listener: a given one, else one from a local authority in the data folder. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { AppError, messageOf } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import { machineNames } from './addresses.ts';
import { issueAuthority, issueServer, type KeyAndCertificate } from './issue.ts';

export interface ServerCertificate {
  /** PEM, for `https.createServer` and `setSecureContext`. */
  readonly key: string;
  readonly cert: string;
  /** The local authority's certificate in PEM, for phones to install; undefined for a given certificate. */
  readonly authority: string | undefined;
  /** UTC in milliseconds. */
  readonly expiresAt: number;
}

export interface CertificateOptions {
  readonly dataDir: string;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly hostnames: readonly string[];
}

const dayMs = 86_400_000;
const renewBeforeMs = 30 * dayMs;

/**
 * Returns the certificate to serve with, issuing or renewing the local one where needed: when there is none, when it
 * expires within 30 days, or when this machine has got an address or name that it does not cover.
 *
 * @throws `certificate-invalid` for a given certificate that cannot be used
 */
export async function serverCertificate(
  options: CertificateOptions,
  clock: Clock,
): Promise<ServerCertificate> {
  if (options.certFile !== undefined && options.keyFile !== undefined) {
    return givenCertificate(options.certFile, options.keyFile, clock);
  }
  const folder = join(options.dataDir, 'tls');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const authority =
    (await readPair(folder, 'authority', clock, [])) ??
    (await keep(folder, 'authority', issueAuthority(clock.now())));
  const names = machineNames(options.hostnames);
  const current = await readPair(folder, 'server', clock, names);
  const server =
    current !== undefined && isSignedBy(current, authority)
      ? current
      : await keep(folder, 'server', issueServer(authority, names, clock.now()));
  return {
    key: server.key,
    cert: server.certificate,
    authority: authority.certificate,
    expiresAt: new X509Certificate(server.certificate).validToDate.getTime(),
  };
}

async function givenCertificate(certFile: string, keyFile: string, clock: Clock): Promise<ServerCertificate> {
  const fail = (wrong: string, whatToDo: string) =>
    new AppError('certificate-invalid', `The certificate ${certFile} cannot be used: ${wrong}.`, {
      whatToDo,
    });
  let cert: string;
  let key: string;
  let parsed: X509Certificate;
  try {
    [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    parsed = new X509Certificate(cert);
  } catch (error) {
    throw fail(
      messageOf(error),
      'Check tls.certFile and tls.keyFile: both are PEM files this account may read.',
    );
  }
  if (!matches(parsed, key)) throw fail('the key does not belong to it', 'Check tls.keyFile.');
  if (parsed.validToDate.getTime() <= clock.now()) throw fail(`it expired on ${parsed.validTo}`, 'Renew it.');
  return { key, cert, authority: undefined, expiresAt: parsed.validToDate.getTime() };
}

/** Reads a pair and returns it if it is whole, valid for 30 days more, and covers `names`. */
async function readPair(
  folder: string,
  name: string,
  clock: Clock,
  names: readonly string[],
): Promise<KeyAndCertificate | undefined> {
  try {
    const [key, certificate] = await Promise.all([
      readFile(join(folder, `${name}.key`), 'utf8'),
      readFile(join(folder, `${name}.crt`), 'utf8'),
    ]);
    const parsed = new X509Certificate(certificate);
    const fresh = parsed.validToDate.getTime() - renewBeforeMs > clock.now();
    return fresh && matches(parsed, key) && names.every((each) => covers(parsed, each))
      ? { key, certificate }
      : undefined;
  } catch {
    // Missing, or cut short by a crash before files were written whole: it is issued again.
    return undefined;
  }
}

function matches(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}

function isSignedBy(server: KeyAndCertificate, authority: KeyAndCertificate): boolean {
  const issuer = new X509Certificate(authority.certificate);
  return new X509Certificate(server.certificate).verify(issuer.publicKey);
}

/** Writes the key first: a crash between the two leaves a pair that does not match, which is then issued again. */
async function keep(
  folder: string,
  name: string,
  issued: Promise<KeyAndCertificate>,
): Promise<KeyAndCertificate> {
  const pair = await issued;
  await writeAtomically(join(folder, `${name}.key`), pair.key, 0o600);
  await writeAtomically(join(folder, `${name}.crt`), pair.certificate, 0o644);
  return pair;
}
