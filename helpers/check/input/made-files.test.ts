import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { Authority } from '../../util/authority.ts';
import { makeFiles } from './made-files.ts';
import type { FileRole, NamedDocument, NamedFile } from './named-files.ts';

const authority = await Authority.create('lab');

const file = (path: string, role: FileRole, more: Partial<NamedFile> = {}): NamedFile => ({
  ...{ path, role, at: [], serverNames: [] },
  ...more,
});

test('a certificate and its key are a pair of the lab’s authority, for the names of their chain', async () => {
  const names = { serverNames: ['a.example.com', 'b.example.com'] };
  const { files, made } = await makeFiles(
    [
      file('/c.pem', 'certificate', { ...names, pair: '/k.pem' }),
      file('/k.pem', 'private key', { ...names, pair: '/c.pem' }),
      file('/ca.pem', 'CA'),
    ],
    authority,
  );
  const certificate = new X509Certificate(files['/c.pem'] ?? '');
  expect(certificate.checkPrivateKey(createPrivateKey(files['/k.pem'] ?? ''))).toBe(true);
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.checkHost('b.example.com')).toBe('b.example.com');
  expect(files['/ca.pem']).toBe(authority.certificate);
  expect(made).toEqual({
    '/c.pem': 'certificate of a.example.com',
    '/k.pem': 'private key of a.example.com',
    '/ca.pem': 'CA of the lab',
  });
});

test.each<[FileRole, RegExp, string]>([
  ['secret', /^[0-9a-f]{32}$/, 'secret of 32 characters'],
  ['ticket key', /^[0-9a-f]{80}$/, 'session ticket key of 80 bytes'],
  ['JWKS', /"kty":"EC".*"kid":"made"/, 'JWKS with one key'],
  ['users', /^user:\{SHA\}/, 'users: "user" with the password "password"'],
  ['text', /made for \/x/, 'text'],
])('%s', async (role, content, what) => {
  const { files, made } = await makeFiles([file('/x', role)], authority);
  expect(files['/x']).toMatch(content);
  expect(made).toEqual({ '/x': what });
});

test.each<[NamedDocument, object[], string]>([
  [{ kind: 'listeners' }, [], 'xDS document without listeners'],
  [
    { kind: 'endpoints', name: 'blue' },
    [{ cluster_name: 'blue', endpoints: [expect.anything()] }],
    'endpoint 203.0.113.1:80 of blue',
  ],
  [{ kind: 'routes', name: 'r' }, [{ name: 'r', virtual_hosts: [] }], 'routes of r, without virtual hosts'],
  [
    { kind: 'TLS certificate', name: 's' },
    [{ name: 's', tls_certificate: { certificate_chain: expect.anything(), private_key: expect.anything() } }],
    'SDS document with a TLS certificate of s',
  ],
  [
    { kind: 'generic secret', name: 's' },
    [{ name: 's', generic_secret: { secret: { inline_string: expect.any(String) } } }],
    'SDS document with a generic secret of s',
  ],
])('a document of %j', async (document, resources, what) => {
  const { files, made } = await makeFiles([file('/x.yaml', 'document', { document })], authority);
  expect(JSON.parse(files['/x.yaml'] ?? '').resources).toMatchObject(resources);
  expect(made).toEqual({ '/x.yaml': what });
});

test('folders have a file; files in a form that cannot be made are left out', async () => {
  const { files, made } = await makeFiles(
    [file('/srv/runtime', 'runtime', { below: ['envoy'] }), file('/watched', 'folder'), file('/x.wasm', 'binary')],
    authority,
  );
  expect(files).toEqual({ '/srv/runtime/envoy/empty': '', '/watched/empty': '' });
  expect(made).toEqual({ '/srv/runtime': 'runtime folder without values', '/watched': 'folder' });
});
