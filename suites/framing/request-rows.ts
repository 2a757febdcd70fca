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

/** A request that Envoy refuses. */
export interface RefusedRow {
  title: string;
  send: string;
  listener?: Listener;
  /** The first line of the response. */
  response: string;
  /** Default: DPE, a protocol error of the downstream. */
  flags?: '-' | 'NR' | 'DPE';
  details: string;
}

/** A GET request with further header lines; the client closes the connection after the response. */
function get(...lines: string[]): string {
  return `GET / HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`;
}

/** A GET request with this first line. */
function first(line: string, rest = 'Host: h\r\nConnection: close\r\n\r\n'): string {
  return `${line}\r\n${rest}`;
}

/** A POST request with further header lines and a body. */
function post(lines: string[], body: string): string {
  return `POST / HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n${body}`;
}

/** A POST request with a chunked body. */
function chunked(body: string): string {
  return post(['Transfer-Encoding: chunked'], body);
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `x-h${index}: v\r\n`).join('');
}

const HI = '2\r\nhi\r\n0\r\n\r\n';
const BAD = 'HTTP/1.1 400 Bad Request';
const TOO_LARGE = 'HTTP/1.1 431 Request Header Fields Too Large';
const CHUNKED = { 'transfer-encoding': ['chunked'], 'content-length': [] };
const CODEC_ERROR = { response: BAD, details: 'http1.codec_error' };
const INVALID_CHARACTERS = { response: BAD, details: 'http1.invalid_characters' };
const BODY_OF_TWO = { target: 'POST /', headers: CHUNKED, bodyBytes: 2 };

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
      title: 'what a chunk has beyond its size is dropped',
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

export const REFUSED: Record<string, RefusedRow[]> = {
  'the legacy parser': [
    {
      title: 'with use_balsa_parser false, CONNECT with a path gets 400 (http1.invalid_url) in HTTP/1.1',
      send: first('CONNECT / HTTP/1.1', 'Host: h\r\n\r\n'),
      ...{ listener: 'legacy', response: BAD, details: 'http1.invalid_url' },
    },
    {
      title:
        'with use_balsa_parser false and accept_http_10, CONNECT without a port and a version gets 400 in HTTP/1.0',
      send: first('CONNECT h', 'Host: h\r\n\r\n'),
      ...{ listener: 'legacy', response: 'HTTP/1.0 400 Bad Request', details: 'http1.invalid_url' },
    },
  ],
  'limits of requests': [
    {
      title: 'a request with 101 header lines, Host included, gets 431 DPE (http1.too_many_headers)',
      send: first('GET / HTTP/1.1', `Host: h\r\n${lines(100)}\r\n`),
      ...{ response: TOO_LARGE, details: 'http1.too_many_headers' },
    },
    {
      title: 'a request with a header of 60 KiB gets 431 DPE (http1.headers_too_large)',
      send: get(`x-long: ${'x'.repeat(60 * 1024)}`),
      ...{ response: TOO_LARGE, details: 'http1.headers_too_large' },
    },
    {
      title: 'a request with a path of 61 KiB gets 431 DPE (http1.headers_too_large)',
      send: first(`GET /${'x'.repeat(61 * 1024)} HTTP/1.1`),
      ...{ response: TOO_LARGE, details: 'http1.headers_too_large' },
    },
  ],
  'lengths and transfer encodings': [
    {
      title: 'Transfer-Encoding before Content-Length gets 400 (http1.content_length_and_chunked_not_allowed)',
      send: post(['Transfer-Encoding: chunked', 'Content-Length: 2'], HI),
      ...{ response: BAD, details: 'http1.content_length_and_chunked_not_allowed' },
    },
    {
      title: 'Content-Length before Transfer-Encoding gets 400 (http1.content_length_and_chunked_not_allowed)',
      send: post(['Content-Length: 2', 'Transfer-Encoding: chunked'], HI),
      ...{ response: BAD, details: 'http1.content_length_and_chunked_not_allowed' },
    },
    {
      title: 'two equal Content-Length lines get 400 (http1.codec_error)',
      ...{ send: post(['Content-Length: 2', 'Content-Length: 2'], 'hi'), ...CODEC_ERROR },
    },
    {
      title: 'two different Content-Length lines get 400 (http1.codec_error)',
      ...{ send: post(['Content-Length: 2', 'Content-Length: 3'], 'hi'), ...CODEC_ERROR },
    },
    ...['2, 2', '+2', '-1', '0x2', '1180591620717411303424'].map(
      (value): RefusedRow => ({
        title: `Content-Length "${value}" gets 400 (http1.codec_error)`,
        ...{ send: post([`Content-Length: ${value}`], 'hi'), ...CODEC_ERROR },
      }),
    ),
    {
      title: 'an empty Content-Length gets 400 (http1.codec_error)',
      ...{ send: post(['Content-Length: '], 'hi'), ...CODEC_ERROR },
    },
    ...['xchunked', 'gzip, chunked', 'chunked, gzip', 'chunked, chunked', 'identity'].map(
      (value): RefusedRow => ({
        title: `Transfer-Encoding "${value}" gets 501 (http1.invalid_transfer_encoding)`,
        send: post([`Transfer-Encoding: ${value}`], HI),
        ...{ response: 'HTTP/1.1 501 Not Implemented', details: 'http1.invalid_transfer_encoding' },
      }),
    ),
    {
      title: 'two lines "Transfer-Encoding: chunked" get 501 (http1.invalid_transfer_encoding)',
      send: post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], HI),
      ...{ response: 'HTTP/1.1 501 Not Implemented', details: 'http1.invalid_transfer_encoding' },
    },
    {
      title: 'a vertical tab before "chunked" gets 400 (http1.invalid_characters)',
      ...{ send: post(['Transfer-Encoding: \vchunked'], HI), ...INVALID_CHARACTERS },
    },
  ],
  'header lines': [
    {
      title: 'a folded line before the first header gets 400',
      ...{ send: first('GET / HTTP/1.1', ' Host: h\r\nConnection: close\r\n\r\n'), ...CODEC_ERROR },
    },
    { title: 'a space before the colon of a header gets 400', ...{ send: get('x-a : b'), ...CODEC_ERROR } },
    { title: 'an empty header name gets 400', ...{ send: get(': b'), ...CODEC_ERROR } },
    { title: 'a parenthesis in a header name gets 400', ...{ send: get('x(a: b'), ...CODEC_ERROR } },
    { title: 'a space in a header name gets 400', ...{ send: get('x a: b'), ...CODEC_ERROR } },
    { title: 'a byte above 7F in a header name gets 400', ...{ send: get('x-\xe9: b'), ...CODEC_ERROR } },
    { title: 'a header line without a colon gets 400', ...{ send: get('x-a'), ...CODEC_ERROR } },
    ...['\0', '\x01', '\x7f'].map((character): RefusedRow => {
      const code = character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase();
      return {
        title: `the byte ${code} in a header value gets 400 (http1.invalid_characters)`,
        ...{ send: get(`x-a: a${character}b`), ...INVALID_CHARACTERS },
      };
    }),
  ],
  hosts: [
    {
      title: 'a request without Host gets 400 (missing_host_header) without a flag',
      send: first('GET / HTTP/1.1', '\r\n'),
      ...{ response: BAD, flags: '-', details: 'missing_host_header' },
    },
    ...['h h', 'h/x'].map(
      (host): RefusedRow => ({
        title: `the Host "${host}" gets 400 (http.invalid_authority)`,
        send: first('GET / HTTP/1.1', `Host: ${host}\r\n\r\n`),
        ...{ response: BAD, details: 'http.invalid_authority' },
      }),
    ),
    {
      title: 'a URL of another scheme as target gets 400 (http1.invalid_scheme)',
      ...{ send: first('GET ftp://other/ HTTP/1.1'), response: BAD, details: 'http1.invalid_scheme' },
    },
  ],
  'request lines': [
    {
      title: 'a # in the target gets 400 (path_normalization_failed) without a flag',
      ...{ send: first('GET /#f HTTP/1.1'), response: BAD, flags: '-', details: 'path_normalization_failed' },
    },
    { title: 'a byte above 7F in the target gets 400', ...{ send: first('GET /\xe9 HTTP/1.1'), ...CODEC_ERROR } },
    { title: 'a target without a slash gets 400', ...{ send: first('GET x HTTP/1.1'), ...CODEC_ERROR } },
    { title: 'a target of a query string only gets 400', ...{ send: first('GET ?q HTTP/1.1'), ...CODEC_ERROR } },
    { title: 'a space in the target gets 400', ...{ send: first('GET /a b HTTP/1.1'), ...CODEC_ERROR } },
    {
      title: 'the byte 00 in the target gets 400 (http1.invalid_characters)',
      ...{ send: first('GET /\0 HTTP/1.1'), ...INVALID_CHARACTERS },
    },
    { title: 'a space before the method gets 400', ...{ send: first(' GET / HTTP/1.1'), ...CODEC_ERROR } },
    {
      title: 'the target * of a GET gets 400 (http1.invalid_url)',
      ...{ send: first('GET * HTTP/1.1'), response: BAD, details: 'http1.invalid_url' },
    },
    {
      title: 'OPTIONS * gets 404 (absolute_path_rejected) without a flag',
      send: first('OPTIONS * HTTP/1.1', 'Host: h\r\n\r\n'),
      ...{ response: 'HTTP/1.1 404 Not Found', flags: '-', details: 'absolute_path_rejected' },
    },
    {
      title: 'CONNECT without a route for it gets 404 NR',
      send: first('CONNECT h:443 HTTP/1.1', 'Host: h\r\n\r\n'),
      ...{ response: 'HTTP/1.1 404 Not Found', flags: 'NR', details: 'route_not_found' },
    },
    {
      title: 'CONNECT with a path gets 400 (http1.invalid_url)',
      ...{ send: first('CONNECT / HTTP/1.1', 'Host: h\r\n\r\n'), response: BAD, details: 'http1.invalid_url' },
    },
    {
      title: 'CONNECT without a port gets 400 (http1.invalid_url)',
      ...{ send: first('CONNECT h HTTP/1.1', 'Host: h\r\n\r\n'), response: BAD, details: 'http1.invalid_url' },
    },
    ...['HTTP/1.1x', 'http/1.1', 'HTTP/1', 'HTTP/3'].map(
      (version): RefusedRow => ({
        title: `the version "${version}" gets 400 (http1.codec_error)`,
        ...{ send: first(`GET / ${version}`), ...CODEC_ERROR },
      }),
    ),
    {
      title: 'a TLS hello on a plain listener gets 400 (http1.codec_error)',
      ...{ send: '\x16\x03\x01\x00\x05hello', ...CODEC_ERROR },
    },
  ],
  'HTTP/1.0': [
    ...['1.0', '0.9', '1.2', '2.0', '9.9'].map(
      (version): RefusedRow => ({
        title: `a request of HTTP/${version} gets 426 DPE (low_version)`,
        send: first(`GET / HTTP/${version}`),
        ...{ response: 'HTTP/1.1 426 Upgrade Required', details: 'low_version' },
      }),
    ),
    {
      title: 'a request of HTTP/1.0 without Host gets 426 DPE (low_version)',
      send: first('GET / HTTP/1.0', '\r\n'),
      ...{ response: 'HTTP/1.1 426 Upgrade Required', details: 'low_version' },
    },
    {
      title: 'with accept_http_10, a request of HTTP/1.0 without Host gets 400 (missing_host_header) in HTTP/1.0',
      send: first('GET / HTTP/1.0', '\r\n'),
      ...{ listener: 'http-1-0', response: 'HTTP/1.0 400 Bad Request', flags: '-', details: 'missing_host_header' },
    },
    {
      title: 'with default_host_for_http_10, a request of HTTP/1.1 without Host gets 400 (missing_host_header)',
      send: first('GET / HTTP/1.1', '\r\n'),
      ...{ listener: 'default-host', response: BAD, flags: '-', details: 'missing_host_header' },
    },
  ],
};

/** Malformed bytes after the first chunk of a request. */
export const BAD_CHUNKS: { title: string; send: string }[] = [
  { title: 'a bare LF after a chunk size', send: '2\nhi\r\n0\r\n\r\n' },
  { title: 'a bare LF after the last chunk', send: '2\r\nhi\r\n0\n\n' },
  { title: 'a bare LF in a chunk extension', send: '2;a\nb\r\nhi\r\n0\r\n\r\n' },
  { title: 'a bare CR in a chunk extension', send: '2;a\rb\r\nhi\r\n0\r\n\r\n' },
  { title: 'a chunk without a size', send: '\r\nhi\r\n0\r\n\r\n' },
  ...['0x2', '-2', 'fffffffffffffffff'].map((size) => ({
    title: `the chunk size "${size}"`,
    send: `${size}\r\nhi\r\n0\r\n\r\n`,
  })),
];
