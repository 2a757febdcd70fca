import { expect, test } from 'vitest';
import { requestsOf } from '../check/requests/requests-of.ts';
import { SAMPLE_DUMP } from '../check/requests/sample-dump.ts';
import { readRequests } from './read-requests.ts';
import { writeRequests } from './write-requests.ts';

test('requests that are written and read again are the same', () => {
  const { requests } = requestsOf(SAMPLE_DUMP);
  const text = writeRequests(requests);
  expect(text.length).toBeLessThan(30_000);
  const read = readRequests(text, 'requests.http');
  expect(read.map(({ from, ...request }) => request)).toEqual(requests.map(({ from, ...request }) => request));
});

test('a request of a REST client is read with what its URL says', () => {
  const [first, second] = readRequests(
    [
      '@host = api.example.com',
      '# a comment',
      'GET https://{{host}}:8443/users?a=1',
      'Accept: */*',
      '',
      '### Create a user',
      '# @listener 8080',
      '# @user 1000',
      '# @expect 201',
      'POST /users HTTP/1.1',
      'Host: {{host}}',
      'Content-Type: application/json',
      '',
      '{',
      '  "name": "a"',
      '}',
      '',
    ].join('\n'),
    'a.http',
  );
  expect(first).toEqual({
    code: expect.stringMatching(/^r-[0-9a-f]{6}$/),
    title: 'GET api.example.com:8443/users?a=1 on 8443',
    from: 'a.http:3',
    address: '192.0.2.1:8443',
    tls: { sni: 'api.example.com' },
    action: {
      ...{ kind: 'http', method: 'GET', target: '/users?a=1', host: 'api.example.com:8443' },
      headers: [['Accept', '*/*']],
      protocol: 'http/1.1',
    },
  });
  expect(second).toMatchObject({
    ...{ title: 'Create a user', from: 'a.http:10', address: '192.0.2.1:8080', uid: 1000, expect: 201 },
    action: { host: 'api.example.com', headers: [['Content-Type', 'application/json']], body: '{\n  "name": "a"\n}' },
  });
});

test('the same request twice has two codes and two titles', () => {
  const read = readRequests('GET http://a/\n###\nGET http://a/\n', 'a.http');
  expect(new Set(read.map(({ code }) => code)).size).toBe(2);
  expect(read.map(({ title }) => title)).toEqual(['GET a/ on 80', 'GET a/ on 80 (2)']);
});

test.each([
  ['GET\n', 'a.http:1: "GET" is no request line; expected "GET /path HTTP/1.1"'],
  ['\nGET / HTTP/1.1\n', 'a.http:2: the request has no Host header; add one, or "# @no-host" to send none'],
  [
    'GET / HTTP/1.1\nHost: a\n',
    'a.http:1: the request names no listener; add "# @listener 8443", or a URL with a port',
  ],
  ['GET http://a/ HTTP/3\n', 'a.http:1: HTTP/3 cannot be sent; expected HTTP/1.0, HTTP/1.1 or HTTP/2'],
  ['GET http://a/\nno header\n', 'a.http:2: "no header" is no header; expected "name: value"'],
  ['# @listner 80\nGET / HTTP/1.1\n', 'a.http:1: unknown directive "listner"; did you mean "listener"?'],
  ['# @upstreams late\nGET http://a/\n', 'a.http:2: @upstreams "late": expected down or slow or reset'],
  ['GET http://{{name}}/\n', 'a.http:1: unknown variable {{name}}; define it by a line "@name = value"'],
  ['# @listener 1\nBYTES\nx\n', 'a.http:3: x: expected a step, such as {"send": "PING\\r\\n"}'],
])('an error names file and line: %j', (text, message) => {
  expect(() => readRequests(text, 'a.http')).toThrow(message);
});
