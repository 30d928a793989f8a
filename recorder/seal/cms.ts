/**
 * Signed data of RFC 5652, as far as time stamp tokens need it: one signer, signed attributes, the certificate inside. It is
 * bound to the signature by the ESS attribute (RFC 5035), so that no other certificate of the same key can take its place.
 */
import { createHash, createVerify, verify, X509Certificate } from 'node:crypto';
import { type Attribute, ContentInfo, SignedData, type SignerInfo } from '@peculiar/asn1-cms';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';

const ID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const ID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const ID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const ID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const ID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/** RFC 5754; SHA-1 is refused. */
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const ID_RSA_PSS = '1.2.840.113549.1.1.10';
const MOST_LINKS = 8;

export interface SignedContent {
  readonly contentType: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly certificate: X509Certificate;
  /** Whether the certificate leads to one of the given roots; absent where none was given. */
  readonly trusted?: boolean;
}

/** Opens signed data and checks its signature. Throws Error with the reason. */
export function openSignedData(der: Uint8Array, roots?: readonly string[]): SignedContent {
  const outer = AsnConvert.parse(Uint8Array.from(der), ContentInfo);
  if (outer.contentType !== ID_SIGNED_DATA) throw new Error('it is no signed data');
  const data = AsnConvert.parse(outer.content, SignedData);
  const [signer, ...others] = data.signerInfos;
  const octets = data.encapContentInfo.eContent?.single;
  if (!signer || others.length > 0) throw new Error('it must have one signature');
  if (!octets) throw new Error('it holds no content');
  const content = new Uint8Array(octets.buffer);
  const contentType = data.encapContentInfo.eContentType;
  const certificates = certificatesOf(data);
  checkAttributes(signer, contentType, content);
  const certificate = certificates.find((each) => isSignedBy(signer, each));
  if (!certificate) throw new Error('no certificate in it fits its signature');
  const trusted = roots && leadsTo(certificate, certificates, roots);
  return { contentType, content, certificate, ...(trusted === undefined ? {} : { trusted }) };
}

function certificatesOf(data: SignedData): X509Certificate[] {
  return [...(data.certificates ?? [])].flatMap(({ certificate }) =>
    certificate ? [new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)))] : [],
  );
}

function valuesOf(signer: SignerInfo, type: string): ArrayBuffer[] {
  return (signer.signedAttrs ?? [])
    .filter(({ attrType }: Attribute) => attrType === type)
    .flatMap(({ attrValues }) => attrValues);
}

function checkAttributes(signer: SignerInfo, contentType: string, content: Uint8Array): void {
  const [type] = valuesOf(signer, ID_CONTENT_TYPE);
  const [digest] = valuesOf(signer, ID_MESSAGE_DIGEST);
  if (!type || !digest) throw new Error('it lacks signed attributes');
  // 6 is the tag of an OBJECT IDENTIFIER; the text of the type is compared through its own encoding.
  if (!Buffer.from(type).equals(encodeOid(contentType))) throw new Error('its type is not what was signed');
  const expected = createHash(hashOf(signer)).update(content).digest();
  if (!Buffer.from(AsnConvert.parse(digest, OctetString).buffer).equals(expected))
    throw new Error('its content is not what was signed');
}

function hashOf(signer: SignerInfo): string {
  const name = HASHES[signer.digestAlgorithm.algorithm];
  if (name === undefined) throw new Error('its hash is not accepted');
  return name;
}

function encodeOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return Buffer.from([0x06, bytes.length, ...bytes]);
}

function isSignedBy(signer: SignerInfo, certificate: X509Certificate): boolean {
  if (!isNamedCertificate(signer, certificate)) return false;
  if (signer.signatureAlgorithm.algorithm === ID_RSA_PSS) throw new Error('RSA-PSS is not accepted');
  // RFC 5652 section 5.4: signed is the DER of the SET OF attributes, which stands in the token under another tag.
  const members = (signer.signedAttrs ?? []).map((each) => Buffer.from(AsnConvert.serialize(each)));
  const attributes = Buffer.concat([setHead(members), ...members]);
  const signature = Buffer.from(signer.signature.buffer);
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType === 'ed25519') return verify(null, attributes, publicKey, signature);
  return createVerify(hashOf(signer)).update(attributes).verify(publicKey, signature);
}

/** Tag and length of a SET with these members (X.690 section 8.1.3). */
function setHead(members: readonly Uint8Array[]): Buffer {
  const length = members.reduce((sum, { length: bytes }) => sum + bytes, 0);
  if (length < 128) return Buffer.from([0x31, length]);
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x31, 0x80 + digits.length]), digits]);
}

/** RFC 5035 section 3: the hash of the signer's own certificate stands first in the attribute. */
function isNamedCertificate(signer: SignerInfo, { raw }: X509Certificate): boolean {
  const [v2] = valuesOf(signer, ID_SIGNING_CERTIFICATE_V2);
  const [v1] = valuesOf(signer, ID_SIGNING_CERTIFICATE);
  const attribute = v2 ?? v1;
  if (!attribute) return false;
  const names = v2 ? ['sha256', 'sha384', 'sha512'] : ['sha1'];
  return names.some((name) => Buffer.from(attribute).includes(createHash(name).update(raw).digest()));
}

function leadsTo(
  certificate: X509Certificate,
  between: readonly X509Certificate[],
  roots: readonly string[],
): boolean {
  const anchors = roots.map((pem) => new X509Certificate(pem));
  let link = certificate;
  for (let length = 0; length < MOST_LINKS; length += 1) {
    const anchor = anchors.find((each) => each.fingerprint256 === link.fingerprint256);
    if (anchor || anchors.some((each) => isIssuedBy(link, each))) return true;
    const next = between.find((each) => each !== link && each.ca && isIssuedBy(link, each));
    if (!next) return false;
    link = next;
  }
  return false;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
