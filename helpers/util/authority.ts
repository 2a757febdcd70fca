import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';

/** A certificate and its private key, each in PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** How a certificate differs from that of a TLS server with an ECDSA key. */
export interface CertificateOptions {
  /** Default: ECDSA with P-256. */
  key?: 'RSA';
  /** What the key may do; `none` leaves the extension out. Default: `digitalSignature`. */
  keyUsage?: 'keyEncipherment' | 'none';
  /** For TLS clients, not for servers. */
  client?: true;
  /** It was valid until yesterday. */
  expired?: true;
}

/** ECDSA keys only sign: `digitalSignature` is the only key usage they need (RFC 8446, 4.4.2.2). */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const RSA = {
  ...{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ...{ modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
};

const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate authority whose key exists in this object only. */
export class Authority {
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(
    /** The certificate for downstreams to trust, in PEM. */
    readonly certificate: string,
    keys: webcrypto.CryptoKeyPair,
  ) {
    this.#keys = keys;
  }

  static async create(name: string): Promise<Authority> {
    const x509 = await library();
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(),
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(certificate.toString('pem'), keys);
  }

  /**
   * Issues a TLS certificate with the extensions that RFC 5280 and BoringSSL require.
   *
   * @param alternatives further names that it is valid for: DNS names, IP addresses and URIs
   */
  async issue(name: string, alternatives: string[], options: CertificateOptions = {}): Promise<KeyPair> {
    const { key: kind, keyUsage, client = false, expired = false } = options;
    const x509 = await library();
    const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
    const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
    const keys = await newKeys(kind);
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(expired ? 2 : 0),
      subject: [{ CN: [name] }],
      issuer: new x509.X509Certificate(this.certificate).subjectName,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...(keyUsage === 'none'
          ? []
          : [new x509.KeyUsagesExtension(keyUsage === undefined ? digitalSignature : keyEncipherment, true)]),
        new x509.ExtendedKeyUsageExtension([client ? clientAuth : serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: name },
          ...alternatives.map((value) => ({ type: kindOf(value), value })),
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#keys.publicKey),
      ],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  }
}

function kindOf(name: string): 'ip' | 'url' | 'dns' {
  if (isIP(name) !== 0) return 'ip';
  return name.includes('://') ? 'url' : 'dns';
}

function newKeys(kind?: CertificateOptions['key']): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(kind === 'RSA' ? RSA : ALGORITHM, true, ['sign', 'verify']);
}

/** One day around now, or around so many days ago: a remote engine may have another clock. */
function validity(daysAgo = 0): { notBefore: Date; notAfter: Date } {
  const now = Date.now() - daysAgo * DAY_MS;
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) };
}

/** Loads the library on first use, since that is slow, with the polyfill that it requires. */
async function library(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}
