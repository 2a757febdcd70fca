import { cut, headerLines } from '../lines.ts';
import { Message, recordedMessageKeys } from '../message.ts';
import type { RawHeader } from '../wire.ts';
import { type Observer, onceEach, sorted } from './observer.ts';
import type { ReceivedTls } from './received.ts';

/** A request that a stub received over HTTP/1.1, as it was on the wire. */
export interface HttpCall {
  method: string;
  path: string;
  /** `1.1`. */
  httpVersion: string;
  headers: RawHeader[];
  /** Each character is one byte. */
  body: string;
  /** The status that the stub sent, or how it ended the connection. */
  answer: number | 'FIN' | 'RST' | 'none';
  /** Of a service in place of a stub. */
  tls?: ReceivedTls;
}

/** A request to a stub, for claims. */
export class HttpCallSeen extends Message<HttpCall> {
  readonly method = this.raw.method;
  readonly path = this.raw.path;
  readonly body = this.raw.body;
  readonly answer = this.raw.answer;
}

export const httpChecks: Observer<HttpCallSeen[], HttpCall[]> = {
  ...httpCalls('the HTTP authorization service received'),
  // Envoy copies the headers of a check from a protobuf map, which has no fixed order.
  record: (seen) => seen.map(({ raw }) => ({ ...raw, headers: sorted(raw.headers) })),
};

export const jwksRequests = httpCalls('the JWKS server received');

function httpCalls(title: string): Observer<HttpCallSeen[], HttpCall[]> {
  return {
    title,
    nothing: [],
    record: (seen) => seen.map(({ raw }) => raw),
    settle: onceEach,
    recordedKeys: ([index = '', ...keys], all) => {
      const call = all[Number(index)];
      return call ? [index, ...recordedMessageKeys(call, keys)] : [index];
    },
    describe: (all) =>
      all.flatMap(({ method, path, httpVersion, headers, body, answer }) => [
        `${method} ${path} HTTP/${httpVersion}: ${answer}`,
        ...headerLines(headers),
        ...(body === '' ? [] : [`  body ${cut(body)}`]),
      ]),
  };
}
