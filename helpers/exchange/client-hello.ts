/** A TLS ClientHello as a client writes it, for a step `send`. */
export interface ClientHello {
  /** Default: TLS 1.3. */
  version?: TlsVersion;
  /** The name in SNI. Default: no SNI. */
  serverName?: string;
  /** The protocols to offer (ALPN). Default: none. */
  alpn?: string[];
  /** The key-exchange groups to offer, by number. Default: X25519. */
  groups?: number[];
  /** Bytes of the extension `padding` (RFC 7685), for a hello of a certain size. */
  padding?: number;
  /** The most bytes of one record. Default: 16,384, the limit of TLS. */
  recordBytes?: number;
}

const VERSIONS = { 'SSL 3.0': 0x0300, 'TLS 1.0': 0x0301, 'TLS 1.1': 0x0302, 'TLS 1.2': 0x0303, 'TLS 1.3': 0x0304 };
export type TlsVersion = keyof typeof VERSIONS;

/** https://www.iana.org/assignments/tls-parameters, TLS Supported Groups. */
export const GROUP = { 'P-256': 23, X25519: 29, X25519MLKEM768: 4588 } as const;

/** Cipher suites of TLS 1.3, and of older versions with an ECDSA certificate. */
const CIPHERS = [0x1301, 0xc02b, 0xc009];
const TLS_1_0 = VERSIONS['TLS 1.0'];
const TLS_1_2 = VERSIONS['TLS 1.2'];

/** The bytes of a ClientHello; the random value is fixed, so the bytes are always the same. */
export function clientHello({ version = 'TLS 1.3', recordBytes = 16_384, ...options }: ClientHello = {}): string {
  const number = VERSIONS[version];
  const isSsl3 = number < TLS_1_0;
  const body = Buffer.concat([
    uint16(Math.min(number, TLS_1_2)),
    Buffer.alloc(32, 0x42),
    // No session.
    sized(1, Buffer.alloc(0)),
    sized(2, Buffer.concat(CIPHERS.map(uint16))),
    // No compression.
    sized(1, Buffer.alloc(1)),
    // SSL 3.0 has no extensions.
    isSsl3 ? Buffer.alloc(0) : sized(2, Buffer.concat(extensions(number, options))),
  ]);
  const handshake = Buffer.concat([Buffer.of(1), sized(3, body)]);
  const count = Math.ceil(handshake.length / recordBytes);
  const parts = Array.from({ length: count }, (_, at) => handshake.subarray(at * recordBytes, (at + 1) * recordBytes));
  const records = parts.map((part) =>
    Buffer.concat([Buffer.of(22), uint16(Math.min(number, TLS_1_0)), sized(2, part)]),
  );
  return Buffer.concat(records).toString('latin1');
}

/** Extension numbers: https://www.iana.org/assignments/tls-extensiontype-values. */
function extensions(version: number, options: Omit<ClientHello, 'version'>): Buffer[] {
  const { serverName, alpn = [], groups = [GROUP.X25519], padding } = options;
  const isTls13 = version > TLS_1_2;
  return [
    ...(serverName === undefined
      ? []
      : [extension(0, sized(2, Buffer.concat([Buffer.of(0), sized(2, text(serverName))])))]),
    extension(10, sized(2, Buffer.concat(groups.map(uint16)))),
    extension(11, sized(1, Buffer.of(0))),
    // ecdsa_secp256r1_sha256 and rsa_pss_rsae_sha256.
    extension(13, sized(2, Buffer.concat([0x0403, 0x0804].map(uint16)))),
    ...(alpn.length === 0 ? [] : [extension(16, sized(2, Buffer.concat(alpn.map((each) => sized(1, text(each))))))]),
    ...(padding === undefined ? [] : [extension(21, Buffer.alloc(padding))]),
    ...(isTls13 ? [extension(43, sized(1, uint16(version))), extension(51, sized(2, x25519Share()))] : []),
  ];
}

/** Any 32 bytes are a public key of X25519. */
function x25519Share(): Buffer {
  return Buffer.concat([uint16(GROUP.X25519), sized(2, Buffer.alloc(32, 0x24))]);
}

function extension(type: number, data: Buffer): Buffer {
  return Buffer.concat([uint16(type), sized(2, data)]);
}

/** Data after its length, in so many bytes. */
function sized(bytes: 1 | 2 | 3, data: Buffer): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(data.length, 0, bytes);
  return Buffer.concat([length, data]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}
