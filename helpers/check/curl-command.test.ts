import { expect, test } from 'vitest';
import { shellWords } from '../util/shell-words.ts';
import { curlCommand } from './curl-command.ts';
import type { CheckRequest } from './request.ts';

const REQUEST = { code: 'r-1', title: 'a', from: 'a', address: '192.0.2.1:8443' };
const http = (change: object): CheckRequest => ({
  ...REQUEST,
  action: { kind: 'http', method: 'GET', target: '/a', host: 'a.test', headers: [], protocol: 'http/1.1', ...change },
});

test.each<[CheckRequest, string]>([
  [http({}), "--http1.1 --header 'Host: a.test' http://192.0.2.1:8443/a"],
  [
    http({ method: 'POST', body: 'x', headers: [['x-a', '']] }),
    "--request POST --http1.1 --header 'Host: a.test' --header 'x-a;' --data-binary x http://192.0.2.1:8443/a",
  ],
  [http({ protocol: 'h2' }), "--http2-prior-knowledge --header 'Host: a.test' http://192.0.2.1:8443/a"],
  [
    { ...http({}), tls: { sni: 'a.test' } },
    "--http1.1 --insecure --connect-to ::192.0.2.1:8443 --header 'Host: a.test' https://a.test:8443/a",
  ],
])('a request is a command of curl %#', (request, command) => {
  expect(shellWords(curlCommand(request) ?? [])).toBe(
    `curl --silent --include --path-as-is --globoff --max-time 5 ${command}`,
  );
});

test('bytes and datagrams are no command of curl', () => {
  expect(curlCommand({ ...REQUEST, action: { kind: 'udp', payload: 'x' } })).toBeUndefined();
});
