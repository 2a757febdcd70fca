import { lines } from './requests.ts';

/** A response of the upstream; each character is one byte. */
export interface ResponseRow {
  title: string;
  send: string;
  /** Whether the upstream ends the connection after it. */
  ends?: true;
  /** What the client receives, without the headers that Envoy adds; default: 502 of Envoy. */
  response?: string;
  /** Whether Envoy counts a protocol error of the upstream. Default: where it answers itself. */
  isProtocolError?: boolean;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const HI = 'content-length: 2\r\n\r\nhi';
const CHUNKED = 'transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n';

/** Passed on, mended where the two differ. */
export const PASSED: ResponseRow[] = [
  {
    title: 'a response with 100 header lines passes',
    send: `${OK}${lines(99)}${HI}`,
    response: `${OK}${lines(99)}${HI}`,
  },
  {
    title: 'bare LFs in the head of a response become CRLF',
    ...{ send: 'HTTP/1.1 200 OK\ncontent-length: 2\n\nhi', response: `${OK}${HI}` },
  },
  {
    title: 'a folded header line of a response becomes one line',
    ...{ send: `${OK}x-a: one\r\n two\r\n${HI}`, response: `${OK}x-a: one two\r\n${HI}` },
  },
  {
    title: 'a bare CR in a header value of a response is removed',
    ...{ send: `${OK}x-a: a\rb\r\n${HI}`, response: `${OK}x-a: ab\r\n${HI}` },
  },
  {
    title: 'a byte above 7F in a header value of a response passes',
    ...{ send: `${OK}x-a: \xe9\r\n${HI}`, response: `${OK}x-a: \xe9\r\n${HI}` },
  },
  {
    title: 'a status line without a reason, or with another one, gets the usual reason',
    ...{ send: `HTTP/1.1 200\r\n${HI}`, response: `${OK}${HI}` },
  },
  ...[600, 999, 1000].map((status) => ({
    title: `the status ${status} passes with the reason Unknown`,
    ...{ send: `HTTP/1.1 ${status} Odd\r\n${HI}`, response: `HTTP/1.1 ${status} Unknown\r\n${HI}` },
  })),
  ...['0.9', '1.0', '2.0'].map((version) => ({
    title: `a response of HTTP/${version} becomes one of HTTP/1.1`,
    ...{ send: `HTTP/${version} 200 OK\r\n${HI}`, response: `${OK}${HI}` },
  })),
  {
    title: 'a body without a length, up to the end of the connection, becomes chunked',
    ...{ send: `${OK}\r\nhi`, ends: true as const, response: `${OK}${CHUNKED}` },
  },
  ...[100, 102, 103].map((status) => ({
    title: `an interim response ${status} is dropped`,
    ...{ send: `HTTP/1.1 ${status} Interim\r\n\r\n${OK}${HI}`, response: `${OK}${HI}` },
  })),
  {
    title: 'Content-Length 0 of a 204 is removed',
    send: 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n',
    response: 'HTTP/1.1 204 No Content\r\n\r\n',
  },
  {
    title: 'Content-Length of a 304 passes',
    send: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\n',
    response: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\n',
  },
  {
    title: 'trailers of a response are dropped',
    send: `${OK}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n`,
    response: `${OK}${CHUNKED}`,
  },
  {
    title: 'the extension of a chunk of a response, and what a chunk has beyond its size, are dropped',
    send: `${OK}transfer-encoding: chunked\r\n\r\n2;a=b\r\nhixx\r\n0\r\n\r\n`,
    response: `${OK}${CHUNKED}`,
  },
  {
    title: 'bytes after a response are dropped, with the connection: a protocol error of the upstream',
    ...{ send: `${OK}${HI}SURPLUS`, response: `${OK}${HI}`, isProtocolError: true },
  },
  {
    title: 'a second response to one request is dropped, with the connection: a protocol error of the upstream',
    ...{ send: `${OK}${HI}${OK}${HI}`, response: `${OK}${HI}`, isProtocolError: true },
  },
  {
    title: 'a header that Connection names passes from the upstream; Keep-Alive and Proxy-Connection do not',
    send: `${OK}connection: x-a\r\nx-a: 1\r\nkeep-alive: timeout=5\r\nproxy-connection: x\r\n${HI}`,
    response: `${OK}x-a: 1\r\n${HI}`,
  },
];

/** Refused: 502 UPE. */
export const BAD_RESPONSES: ResponseRow[] = [
  {
    title: 'Transfer-Encoding and Content-Length',
    send: `${OK}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
  },
  { title: 'two different Content-Length lines', send: `${OK}content-length: 2\r\ncontent-length: 3\r\n\r\nhi` },
  { title: 'two equal Content-Length lines', send: `${OK}content-length: 2\r\n${HI}` },
  { title: 'Content-Length "+2"', send: `${OK}content-length: +2\r\n\r\nhi` },
  {
    title: 'Transfer-Encoding "gzip, chunked"',
    send: `${OK}transfer-encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n`,
  },
  { title: 'Transfer-Encoding "identity"', send: `${OK}transfer-encoding: identity\r\n\r\nhi` },
  { title: 'status 204 and Content-Length 2', send: `HTTP/1.1 204 No Content\r\n${HI}` },
  { title: 'status 204 and a chunked body', send: `HTTP/1.1 204 No Content\r\n${CHUNKED}` },
  { title: '101 header lines', send: `${OK}${lines(100)}${HI}` },
  { title: 'a header of 81 KiB', send: `${OK}x-long: ${'x'.repeat(81 * 1024)}\r\n${HI}` },
  { title: 'status 99', send: `HTTP/1.1 99 Odd\r\n${HI}` },
  { title: 'a status that is no number', send: `HTTP/1.1 abc Odd\r\n${HI}` },
  { title: 'no status line', send: 'nonsense\r\n\r\n' },
  { title: 'a version in lower case', send: `http/1.1 200 OK\r\n${HI}` },
  { title: 'an empty line before it', send: `\r\n${OK}${HI}` },
  { title: 'NUL in a header value', send: `${OK}x-a: a\0b\r\n${HI}` },
  { title: 'a space before the colon of a header', send: `${OK}x-a : b\r\n${HI}` },
  { title: 'a header line without a colon', send: `${OK}x-a\r\n${HI}` },
];
