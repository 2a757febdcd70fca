import { STATUS_CODES } from 'node:http';
import type { Script, Step } from './script.ts';
import type { RawHeader } from './wire.ts';

export interface ResponseSpec {
  /** Default: 200. */
  status?: number;
  /** Default: the usual one of the status. */
  reason?: string;
  /** In wire order and spelling. The length of a body is added where none of them frames it. */
  headers?: RawHeader[];
  /** The body, or its pieces, each in a segment of its own, with steps between them. */
  body?: string | (string | Step)[];
  /** Default: whether there are trailers. */
  chunked?: boolean;
  trailers?: RawHeader[];
}

/**
 * The steps that write a response of HTTP/1.1. Interim responses have a status below 200; append
 * `{ end: true }` or `{ reset: true }` to end the connection.
 */
export function response(spec: ResponseSpec = {}): Script {
  const { status = 200, reason = STATUS_CODES[status] ?? '', headers = [], body = '', trailers = [] } = spec;
  const { chunked = trailers.length > 0 } = spec;
  const pieces = typeof body === 'string' ? (body === '' ? [] : [body]) : body;
  const first = `HTTP/1.1 ${status} ${reason}\r\n${lines([...headers, ...framing(spec, pieces, chunked)])}\r\n`;
  const steps: Step[] = pieces.map((piece) =>
    typeof piece === 'string' ? { send: chunked ? `${piece.length.toString(16)}\r\n${piece}\r\n` : piece } : piece,
  );
  if (chunked) steps.push({ send: `0\r\n${lines(trailers)}\r\n` });
  const [next, ...rest] = steps;
  // A body as a whole shares the segment of the headers.
  if (typeof body === 'string' && next && 'send' in next) return [{ send: first + next.send }, ...rest];
  return [{ send: first }, ...steps];
}

function framing(
  { status = 200, headers = [] }: ResponseSpec,
  pieces: (string | Step)[],
  chunked: boolean,
): RawHeader[] {
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  if (isFramed || status < 200 || status === 204 || status === 304) return [];
  if (chunked) return [['transfer-encoding', 'chunked']];
  const length = pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece.length : 0), 0);
  return [['content-length', String(length)]];
}

function lines(headers: RawHeader[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}
