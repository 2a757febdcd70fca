import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { Authority, type CertificateOptions } from './authority.ts';

const addresses = ['198.51.100.10', '2001:db8:2::10'];

test('a certificate has its name and addresses, is for TLS servers, and is signed by its authority', async () => {
  const [authority, other] = await Promise.all([Authority.create('lab'), Authority.create('lab')]);
  const { certificate } = await authority.issue('blue', addresses);
  const leaf = new X509Certificate(certificate);
  const ca = new X509Certificate(authority.certificate);
  expect(leaf.subject).toBe('CN=blue');
  expect(leaf.issuer).toBe('CN=lab');
  expect(leaf.subjectAltName).toBe('DNS:blue, IP Address:198.51.100.10, IP Address:2001:DB8:2:0:0:0:0:10');
  expect(leaf.ca).toBe(false);
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(ca.ca).toBe(true);
  expect(leaf.checkIssued(ca)).toBe(true);
  expect(leaf.verify(ca.publicKey)).toBe(true);
  expect(leaf.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
});

test('a certificate can be for clients, expired, of RSA, or without a key usage', async () => {
  const authority = await Authority.create('lab');
  const issued = async (options: CertificateOptions): Promise<X509Certificate> =>
    new X509Certificate((await authority.issue('blue', [], options)).certificate);
  expect((await issued({ client: true })).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(Date.parse((await issued({ expired: true })).validTo)).toBeLessThan(Date.now());
  const rsa = await issued({ key: 'RSA', keyUsage: 'keyEncipherment' });
  expect(rsa.publicKey.asymmetricKeyType).toBe('rsa');
  // The extension keyUsage: RFC 5280, section 4.2.1.3.
  const oid = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x0f]);
  expect([rsa.raw.includes(oid), (await issued({ keyUsage: 'none' })).raw.includes(oid)]).toEqual([true, false]);
});

test('a client that trusts the authority accepts the certificate by name and by address', async () => {
  const authority = await Authority.create('lab');
  const { certificate, key } = await authority.issue('blue', [...addresses, '127.0.0.1']);
  const server = createServer({ cert: certificate, key }, (socket) => socket.end()).on(
    'tlsClientError',
    () => undefined,
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const meet = async (servername: string): Promise<boolean> => {
      const socket = connect({ host: '127.0.0.1', port, ca: authority.certificate, servername });
      await once(socket, 'secureConnect');
      socket.destroy();
      return socket.authorized;
    };
    expect(await meet('blue')).toBe(true);
    expect(await meet('')).toBe(true);
    await expect(meet('green')).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  } finally {
    server.close();
  }
});
