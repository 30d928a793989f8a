/** Issues certificates: the local authority's own and those of this machine (RFC 5280, ECDSA on P-256). */
import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface KeyAndCertificate {
  /** PKCS #8 in PEM. */
  readonly key: string;
  /** X.509 in PEM. */
  readonly certificate: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const authorityDays = 3_650;
/** Apple refuses server certificates that are valid for longer than 825 days, also from an authority the owner installed. */
const serverDays = 397;

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyToPem(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function keyFromPem(pem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new Error('the file holds no private key');
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

function serialNumber(): string {
  // RFC 5280 section 4.1.2.2: positive and at most 20 octets.
  const bytes = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x01, 0);
  return bytes.toString('hex');
}

/** Starts a day early, because the clocks of phones are not always right. */
function validity(days: number, now: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - dayMs), notAfter: new Date(now + days * dayMs) };
}

/** Makes a new authority, which may sign servers but no further authorities. */
export async function issueAuthority(now: number): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const serial = serialNumber();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    // The number keeps the authorities of two installations apart in a phone's list.
    name: `CN=GoldenHour local authority ${serial.slice(0, 8)}, O=GoldenHour`,
    ...validity(authorityDays, now),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: await keyToPem(keys.privateKey), certificate: `${certificate.toString('pem')}\n` };
}

/** Issues a server certificate for host names and addresses, signed by `authority`. */
export async function issueServer(
  authority: KeyAndCertificate,
  names: readonly string[],
  now: number,
): Promise<KeyAndCertificate> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.certificate);
  const alternatives = names.map((value): JsonGeneralNames[number] => ({
    type: isIP(value) === 0 ? 'dns' : 'ip',
    value,
  }));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=GoldenHour server',
    issuer: issuer.subject,
    ...validity(serverDays, now),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await keyFromPem(authority.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(alternatives),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { key: await keyToPem(keys.privateKey), certificate: `${certificate.toString('pem')}\n` };
}
