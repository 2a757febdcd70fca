import { expect, test } from 'vitest';
import type { CheckRequest } from '../check/request.ts';
import { curlOf } from './curl-command.ts';

const request = (change: Partial<CheckRequest>, action: object = {}): CheckRequest => ({
  ...{ code: 'r-1', title: 'GET /', from: 'route', address: '192.0.2.1:8080' },
  action: { kind: 'http', method: 'GET', target: '/a/../b', headers: [], protocol: 'http/1.1', ...action },
  ...change,
});

test.each([
  [
    request({}, { host: 'shop.example.com', headers: [['x-a', '1']] }),
    'curl --silent --include --header Host: shop.example.com --header x-a: 1 --path-as-is http://192.0.2.1:8080/a/../b',
  ],
  [
    request({}, { method: 'POST', body: 'x', protocol: 'h2', headers: [['x-empty', '']] }),
    'curl --silent --include --http2-prior-knowledge --request POST --header Host: --header x-empty; --data-raw x --path-as-is http://192.0.2.1:8080/a/../b',
  ],
  [
    request({ tls: { sni: 'a.example.com' } }, { host: 'a.example.com', target: '/' }),
    'curl --silent --include --insecure --connect-to a.example.com:8080:192.0.2.1:8080 --header Host: a.example.com --path-as-is https://a.example.com:8080/',
  ],
])('a request as a command', (sent, command) => {
  expect(curlOf(sent)?.join(' ')).toBe(command);
});

test('curl sends no bytes', () => {
  expect(curlOf({ ...request({}), action: { kind: 'bytes', steps: [] } })).toBeUndefined();
});
