import { expect, test } from 'vitest';
import { secretsIn } from './config-secrets.ts';

test('secrets of a config are found by their fields', () => {
  const found = secretsIn({
    private_key: { inline_string: 'KEY' },
    certificate_chain: { inline_string: 'public' },
    tokenSecret: { inlineBytes: Buffer.from('bytes').toString('base64') },
    password: { filename: '/path' },
    auth_password: { inline_string: 'redis' },
    session_ticket_keys: { keys: [{ inline_string: 'ticket' }] },
    metadata: { keys: ['name'] },
    request_headers_to_add: [
      { header: { key: 'authorization', value: 'Bearer abc' } },
      { header: { key: 'x-plain', value: 'plain' } },
      { header: { key: 'x-api-key', value: '%REQ(x)%' } },
    ],
    headers: [
      { name: 'x-api-key', string_match: { exact: 'matched' } },
      { name: 'x-plain', exact_match: 'open' },
    ],
    generic_secret: { secret: { inline_string: 'generic' } },
  });
  expect(found.sort()).toEqual(
    ['Bearer abc', 'KEY', 'Ynl0ZXM=', 'abc', 'bytes', 'generic', 'matched', 'redis', 'ticket'].sort(),
  );
});

test('passwords of URLs are secrets, with a scheme or without one', () => {
  const config = {
    redirect: { host_redirect: 'bob:canary-1@other.example.com' },
    body: { inline_string: 'see https://alice:canary-2@db.example.com/x' },
    server_uri: { uri: 'http://dave:canary-3@authz.internal:9000' },
    image: 'envoyproxy/envoy:v1.40.0@sha256:0011',
    format: '%REQ(:METHOD)%@%PROTOCOL%',
    address: 'api.internal:8080',
  };
  expect(secretsIn(config)).toEqual(['canary-1', 'canary-2', 'canary-3']);
});
