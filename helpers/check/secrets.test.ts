import { expect, test } from 'vitest';
import { isSecretHeader, maskSecrets, maskText } from './secrets.ts';

const NONE = { variables: {}, texts: [] };

test('values of variables are replaced by the names of these, other secrets by <secret>', () => {
  const name = ['$', '{DB_HOST}'].join('');
  const secrets = { variables: { DB_HOST: 'canary-host.example' }, texts: ['canary-of-a-file'] };
  expect(maskSecrets({ 'canary-host.example': ['at canary-host.example', 'canary-of-a-file'] }, secrets)).toEqual({
    [name]: [`at ${name}`, '<secret>'],
  });
});

test('a secret is found in base64, percent-encoded, escaped and line by line', () => {
  const secret = 'first line "of a secret"\nsecond line of the secret';
  const secrets = { variables: {}, texts: [secret] };
  for (const form of [
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify(secret),
    'only the second line of the secret here',
  ])
    expect(maskText(form, secrets)).toMatch(/<secret>/);
  expect(maskText('only the second line of the secret here', secrets)).not.toContain('second line');
});

test('short and trivial values are no secrets', () => {
  const secrets = { variables: { PORT: '8080', ON: 'true' }, texts: ['a'] };
  expect(maskText('a true port 8080', secrets)).toBe('a true port 8080');
});

test.each([
  ['-----BEGIN PRIVATE KEY-----\nMIIcanary\n-----END PRIVATE KEY-----\n', '<private key>\n'],
  ['-----BEGIN RSA PRIVATE KEY----- MIIcanary cut', '<private key>'],
  ['Authorization: Bearer canary.canary', 'Authorization: Bearer <secret>'],
  ['["authorization","Basic Y2FuYXJ5"]', '["authorization","Basic <secret>"]'],
  ['at https://bob:canary@db.example.com/x', 'at https://bob:<secret>@db.example.com/x'],
  ['https://canarycanarycanary@db.example.com/x', 'https://<secret>@db.example.com/x'],
  ['envoyproxy/envoy:v1@sha256:00 GET http://[::1]:80/@a', 'envoyproxy/envoy:v1@sha256:00 GET http://[::1]:80/@a'],
  ['x-api-key: canary', 'x-api-key: <secret>'],
  ['["x-api-key","canary"]', '["x-api-key","<secret>"]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.c2ln', '<token>'],
  ['{"kty":"RSA","d":"canarycanarycanarycanary"}', '{"kty":"RSA","d":"<secret>"}'],
])('%j is masked by its form', (text, masked) => {
  expect(maskText(text, NONE)).toBe(masked);
});

test('names of headers and other words stay', () => {
  for (const text of [
    'response header set-cookie is missing',
    'response header x-api-key: new order',
    '-----BEGIN CERTIFICATE-----',
  ])
    expect(maskText(text, NONE)).toBe(text.replace(': new', ': <secret>'));
  expect(maskText('www-authenticate: Bearer realm="check"', NONE)).toBe('www-authenticate: Bearer realm="check"');
  expect(isSecretHeader('Set-Cookie')).toBe(true);
  expect(isSecretHeader('server')).toBe(false);
});
