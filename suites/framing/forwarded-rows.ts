import { chunked, first, get, HI, lines, post } from './requests.ts';
import type { LISTENERS } from './scenario.ts';

type Listener = keyof typeof LISTENERS;

/** A request that Envoy forwards; each character is one byte. */
export interface ForwardedRow {
  title: string;
  send: string;
  listener?: Listener;
  /** The lines of headers that the upstream receives, by name. */
  headers?: Record<string, string[]>;
  /** The first line that the upstream receives, without the version. Default: `GET /`. */
  target?: string;
  /** The length of the body that the upstream receives. */
  bodyBytes?: number;
  /** The beginning of the response. Default: the first line of a 200. */
  response?: string;
}

const CHUNKED = { 'transfer-encoding': ['chunked'], 'content-length': [] };
const BODY_OF_TWO = { target: 'POST /', headers: CHUNKED, bodyBytes: 2 };

/** By topic. */
export const FORWARDED: Record<string, ForwardedRow[]> = {
  'limits of requests': [
    {
      title: 'a request with 100 header lines, Host included, is forwarded',
      send: first('GET / HTTP/1.1', `Host: h\r\n${lines(98)}Connection: close\r\n\r\n`),
      headers: { 'x-h0': ['v'], 'x-h97': ['v'] },
    },
    {
      title: 'a request with a header of 59 KiB is forwarded',
      ...{ send: get(`x-long: ${'x'.repeat(59 * 1024)}`), headers: { 'x-long': ['x'.repeat(59 * 1024)] } },
    },
    {
      title: 'a request with a path of 59 KiB is forwarded',
      send: first(`GET /${'x'.repeat(59 * 1024)} HTTP/1.1`),
      ...{ target: `GET /${'x'.repeat(59 * 1024)}`, response: 'HTTP/1.1 404 Not Found\r\n' },
    },
  ],
  'lengths and transfer encodings': [
    {
      title:
        'with allow_chunked_length, Transfer-Encoding before Content-Length: the upstream receives only the former',
      send: post(['Transfer-Encoding: chunked', 'Content-Length: 2'], HI),
      ...{ listener: 'length-and-chunked', ...BODY_OF_TWO },
    },
    {
      title:
        'with allow_chunked_length, Content-Length before Transfer-Encoding: the upstream receives only the latter',
      send: post(['Content-Length: 2', 'Transfer-Encoding: chunked'], HI),
      ...{ listener: 'length-and-chunked', ...BODY_OF_TWO },
    },
    {
      title: 'Transfer-Encoding "Chunked" is forwarded as "chunked"',
      ...{ send: post(['Transfer-Encoding: Chunked'], HI), ...BODY_OF_TWO },
    },
    {
      title: 'Content-Length with spaces around the number is forwarded without them',
      send: post(['Content-Length:  2 '], 'hi'),
      ...{ target: 'POST /', headers: { 'content-length': ['2'] }, bodyBytes: 2 },
    },
    {
      title: 'Content-Length "02" is forwarded as it is',
      send: post(['Content-Length: 02'], 'hi'),
      ...{ target: 'POST /', headers: { 'content-length': ['02'] }, bodyBytes: 2 },
    },
    {
      title: 'a POST without a length has no body: the upstream receives Content-Length 0 and no second request',
      send: post([], 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n'),
      ...{ target: 'POST /', headers: { 'content-length': ['0'], 'transfer-encoding': [] } },
    },
    {
      title: 'a GET with Content-Length is forwarded with its body',
      send: `GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
      ...{ headers: { 'content-length': ['2'] }, bodyBytes: 2 },
    },
    {
      title: 'a chunked GET is forwarded with its body',
      send: `GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${HI}`,
      ...{ headers: CHUNKED, bodyBytes: 2 },
    },
  ],
  chunks: [
    {
      title: 'the extension of a chunk is dropped',
      ...{ send: chunked('2;a=b\r\nhi\r\n0\r\n\r\n'), ...BODY_OF_TWO },
    },
    {
      title: 'a chunk size with leading zeros or a space after it is forwarded as another chunk',
      ...{ send: chunked('002 \r\nhi\r\n0\r\n\r\n'), ...BODY_OF_TWO },
    },
    {
      title: 'a chunk size in upper-case hexadecimal is accepted',
      ...{ send: chunked('A\r\n0123456789\r\n0\r\n\r\n'), ...BODY_OF_TWO, bodyBytes: 10 },
    },
    {
      title: 'the surplus of a chunk beyond its size is dropped',
      ...{ send: chunked('2\r\nhixx\r\n0\r\n\r\n'), ...BODY_OF_TWO },
    },
    {
      title: 'a bare LF after the data of a chunk is accepted',
      ...{ send: chunked('2\r\nhi\n0\r\n\r\n'), ...BODY_OF_TWO },
    },
  ],
  'header lines': [
    {
      title: 'a request whose lines all end in a bare LF is forwarded with CRLF',
      ...{ send: 'GET / HTTP/1.1\nHost: h\nx-a: b\nConnection: close\n\n', headers: { host: ['h'], 'x-a': ['b'] } },
    },
    {
      title: 'a bare LF after one header line ends the line',
      send: 'GET / HTTP/1.1\r\nHost: h\nx-a: b\r\nConnection: close\r\n\r\n',
      headers: { host: ['h'], 'x-a': ['b'] },
    },
    {
      title: 'a bare CR within a header value is removed',
      ...{ send: get('x-a: a\rb'), headers: { 'x-a': ['ab'] } },
    },
    {
      title: 'a folded header line is forwarded as one line',
      ...{ send: get('x-a: one\r\n two'), headers: { 'x-a': ['one two'] } },
    },
    {
      title: 'spaces and tabs around a header value are removed',
      ...{ send: get('x-a:  \t b  ', 'x-b:c'), headers: { 'x-a': ['b'], 'x-b': ['c'] } },
    },
    {
      title: 'a header name with an underscore and a header without a value are forwarded',
      ...{ send: get('x_a: b', 'x-b:'), headers: { x_a: ['b'], 'x-b': [''] } },
    },
    {
      title: 'a header that Connection names is dropped',
      send: 'GET / HTTP/1.1\r\nHost: h\r\nConnection: x-a, close\r\nx-a: 1\r\nx-b: 2\r\n\r\n',
      headers: { 'x-a': [], 'x-b': ['2'], connection: [] },
    },
    {
      title: 'Keep-Alive and Proxy-Connection are dropped',
      send: get('Keep-Alive: timeout=5', 'Proxy-Connection: keep-alive'),
      headers: { 'keep-alive': [], 'proxy-connection': [] },
    },
    {
      title: '"TE: trailers" is forwarded',
      send: 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n',
      headers: { te: ['trailers'] },
    },
    {
      title: '"TE: gzip" is dropped',
      send: 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close, TE\r\nTE: gzip\r\n\r\n',
      headers: { te: [] },
    },
    {
      title: '"Expect: 100-continue" gets 100 from Envoy; the upstream receives the request without Expect',
      send: post(['Expect: 100-continue', 'Content-Length: 2'], 'hi'),
      ...{ target: 'POST /', headers: { expect: [] }, bodyBytes: 2 },
      response: 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n',
    },
    {
      title: 'any other Expect is forwarded',
      send: post(['Expect: something', 'Content-Length: 2'], 'hi'),
      ...{ target: 'POST /', headers: { expect: ['something'] }, bodyBytes: 2 },
    },
  ],
  hosts: [
    {
      title: 'two different Host lines are forwarded as one, joined by a comma',
      ...{
        send: first('GET / HTTP/1.1', 'Host: a\r\nHost: b\r\nConnection: close\r\n\r\n'),
        headers: { host: ['a,b'] },
      },
    },
    {
      title: 'two equal Host lines are forwarded as one, joined by a comma',
      ...{
        send: first('GET / HTTP/1.1', 'Host: a\r\nHost: a\r\nConnection: close\r\n\r\n'),
        headers: { host: ['a,a'] },
      },
    },
    {
      title: 'an empty Host is forwarded empty',
      ...{ send: first('GET / HTTP/1.1', 'Host: \r\nConnection: close\r\n\r\n'), headers: { host: [''] } },
    },
    {
      title: 'a Host with a user is forwarded as it is',
      ...{ send: first('GET / HTTP/1.1', 'Host: u@h:80\r\nConnection: close\r\n\r\n'), headers: { host: ['u@h:80'] } },
    },
    {
      title: 'a URL as target with another Host: the upstream receives the host and the path of the URL',
      send: first('GET http://other/?q HTTP/1.1'),
      ...{ target: 'GET /?q', headers: { host: ['other'] }, response: 'HTTP/1.1 404 Not Found\r\n' },
    },
    {
      title: 'a URL as target without a path or a Host: the upstream receives the path / and the host of the URL',
      send: first('GET http://other HTTP/1.1', 'Connection: close\r\n\r\n'),
      ...{ target: 'GET /', headers: { host: ['other'] } },
    },
  ],
  'request lines': [
    {
      title: 'two spaces after the method are accepted',
      send: first('GET  / HTTP/1.1'),
    },
    {
      title: 'tabs in the request line are accepted',
      send: first('GET\t/\tHTTP/1.1'),
    },
    {
      title: 'a space after the version is accepted',
      send: first('GET / HTTP/1.1 '),
    },
    {
      title: 'empty lines before a request are ignored',
      send: `\r\n\r\n${get()}`,
    },
    {
      title: 'quotes and %00 in a path are forwarded as written',
      send: first('GET /"%00" HTTP/1.1'),
      ...{ target: 'GET /"%00"', response: 'HTTP/1.1 404 Not Found\r\n' },
    },
    {
      title: 'a TRACE request is forwarded',
      ...{ send: first('TRACE / HTTP/1.1'), target: 'TRACE /' },
    },
  ],
  'the legacy parser': [
    {
      title: 'with use_balsa_parser false, what a chunk has beyond its size is dropped',
      ...{ send: chunked('2\r\nhixx\r\n0\r\n\r\n'), listener: 'legacy', ...BODY_OF_TWO },
    },
  ],
  'HTTP/1.0': [
    {
      title: 'with accept_http_10, a request of HTTP/1.0 with Host gets a response of HTTP/1.0 and the end',
      send: first('GET / HTTP/1.0', 'Host: h\r\n\r\n'),
      ...{ listener: 'http-1-0', headers: { host: ['h'] }, response: 'HTTP/1.0 200 OK\r\n' },
    },
    {
      title: 'with accept_http_10, a chunked request of HTTP/1.0 is forwarded',
      send: first('POST / HTTP/1.0', `Host: h\r\nTransfer-Encoding: chunked\r\n\r\n${HI}`),
      ...{ listener: 'http-1-0', ...BODY_OF_TWO, response: 'HTTP/1.0 200 OK\r\n' },
    },
    {
      title: 'with default_host_for_http_10, a request of HTTP/1.0 without Host gets that host',
      send: first('GET / HTTP/1.0', '\r\n'),
      ...{ listener: 'default-host', headers: { host: ['default.test'] }, response: 'HTTP/1.0 200 OK\r\n' },
    },
    {
      title: 'with default_host_for_http_10, a request of HTTP/1.0 with Host keeps it',
      send: first('GET / HTTP/1.0', 'Host: h\r\n\r\n'),
      ...{ listener: 'default-host', headers: { host: ['h'] }, response: 'HTTP/1.0 200 OK\r\n' },
    },
    ...['0.9', '1.2', '2.0'].map(
      (version): ForwardedRow => ({
        title: `with accept_http_10, a request of HTTP/${version} is forwarded and gets a response of HTTP/1.0`,
        send: first(`GET / HTTP/${version}`, 'Host: h\r\n\r\n'),
        ...{ listener: 'http-1-0', headers: { host: ['h'] }, response: 'HTTP/1.0 200 OK\r\n' },
      }),
    ),
  ],
};
