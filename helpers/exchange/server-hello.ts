import { OutcomeError } from '../util/errors.ts';

/** The first record of a TLS server, which is not encrypted. */
export type ServerHello =
  | { version: number; cipher: number; group?: number /** A HelloRetryRequest, for another group. */; retries: boolean }
  | { alert: number };

/** The random value of a HelloRetryRequest: RFC 8446, section 4.1.3. */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Reads the first record of a server; each character of the text is one byte. */
export function serverHello(received: string): ServerHello {
  const bytes = Buffer.from(received, 'latin1');
  const type = bytes[0];
  if (type === 21) return { alert: bytes.readUInt8(6) };
  if (type !== 22 || bytes[5] !== 2 || bytes.length < 44)
    throw new OutcomeError(`no ServerHello and no alert of TLS: ${bytes.subarray(0, 6).toString('hex') || 'nothing'}`);
  // The headers of record and handshake.
  let at = 5 + 4;
  let version = bytes.readUInt16BE(at);
  const retries = bytes.toString('hex', at + 2, at + 34) === RETRY;
  at += 34;
  at += 1 + bytes.readUInt8(at);
  const cipher = bytes.readUInt16BE(at);
  at += 3;
  let group: number | undefined;
  const end = at + 2 + bytes.readUInt16BE(at);
  for (at += 2; at < end; at += 4 + bytes.readUInt16BE(at + 2)) {
    const extension = bytes.readUInt16BE(at);
    if (extension === 43) version = bytes.readUInt16BE(at + 4);
    if (extension === 51) group = bytes.readUInt16BE(at + 4);
  }
  return { version, cipher, retries, ...(group === undefined ? {} : { group }) };
}
