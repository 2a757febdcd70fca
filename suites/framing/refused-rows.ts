import { first, get, HI, lines, post } from './requests.ts';
import type { LISTENERS } from './scenario.ts';

/** A request that Envoy refuses. */
export interface RefusedRow {
  title: string;
  send: string;
  listener?: keyof typeof LISTENERS;
  /** The first line of the response. */
  response: string;
  /** Default: DPE, a protocol error of the downstream. */
  flags?: '-' | 'NR' | 'DPE';
  details: string;
}

const BAD = 'HTTP/1.1 400 Bad Request';
const TOO_LARGE = 'HTTP/1.1 431 Request Header Fields Too Large';
const CODEC_ERROR = { response: BAD, details: 'http1.codec_error' };
const INVALID_CHARACTERS = { response: BAD, details: 'http1.invalid_characters' };

/** By topic. */
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
