import type { Frame } from '../exchange/http2/frame.ts';
import { bytesOf, type Script } from '../exchange/script.ts';
import type { RawHeader } from '../exchange/wire.ts';
import type { Action } from './request.ts';

type HttpAction = Extract<Action, { kind: 'http' }>;
type TcpAction = Exclude<Action, { kind: 'udp' }>;

/** How an action is sent over a connection. */
export interface RequestScript {
  steps: Script;
  /** The method of an HTTP/1 request, whose response is to be read. */
  response?: { method: string };
}

/**
 * The steps of an action, byte by byte as the action has it.
 *
 * @param scheme of HTTP/2
 */
export function requestScript(action: TcpAction, scheme: 'http' | 'https' = 'http'): RequestScript {
  if (action.kind === 'bytes') return { steps: action.steps };
  if (action.kind === 'websocket') return webSocket(action);
  if (action.protocol === 'h2') return { steps: [{ frames: framesOf(action, scheme) }] };
  return { steps: http1(action), response: { method: action.method } };
}

function http1(action: HttpAction): Script {
  const { method, target, host, headers, body, protocol } = action;
  const has = (name: string): boolean => headers.some(([key]) => key.toLowerCase() === name);
  const sized = body === undefined || has('content-length') || has('transfer-encoding');
  const all: RawHeader[] = [
    ...(host === undefined ? [] : ([['Host', host]] satisfies RawHeader[])),
    ...headers,
    ...(sized ? [] : ([['Content-Length', `${bytesOf(body).length}`]] satisfies RawHeader[])),
  ];
  const head = headOf(`${method} ${target} ${protocol.toUpperCase()}`, all);
  const expects = has('expect') && body !== undefined;
  if (expects) return [{ send: head }, { until: '100 Continue' }, { send: bytesOf(body) }];
  return [{ send: head + bytesOf(body ?? '') }];
}

function headOf(first: string, headers: RawHeader[]): string {
  return bytesOf(`${[first, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`);
}

/** Headers that HTTP/2 does not have (RFC 9113, section 8.2.2). */
const HTTP1_ONLY = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

function framesOf({ method, target, host, headers, body }: HttpAction, scheme: string): Frame[] {
  const isConnect = method === 'CONNECT';
  const pseudo: RawHeader[] = [
    [':method', method],
    ...(isConnect ? [] : ([[':scheme', scheme]] satisfies RawHeader[])),
    ...(host === undefined ? [] : ([[':authority', host]] satisfies RawHeader[])),
    ...(isConnect ? [] : ([[':path', target]] satisfies RawHeader[])),
  ];
  const fields = headers
    .map(([name, value]): RawHeader => [name.toLowerCase(), bytesOf(value)])
    .filter(([name]) => !HTTP1_ONLY.includes(name));
  if (body === undefined) return [{ type: 'HEADERS', headers: [...pseudo, ...fields], endStream: true }];
  return [
    { type: 'HEADERS', headers: [...pseudo, ...fields] },
    { type: 'DATA', data: bytesOf(body), endStream: true },
  ];
}

const UPGRADE: RawHeader[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'Y2hlY2sgY2hlY2sgY2hlYw=='],
];

/** Frames of a client with the mask 0 (RFC 6455, section 5.2): the text `check`, and the close. */
const TEXT_FRAME = '\x81\x85\0\0\0\0check';
const CLOSE_FRAME = '\x88\x82\0\0\0\0\x03\xe8';

function webSocket({ target, host, headers }: Extract<Action, { kind: 'websocket' }>): RequestScript {
  const head = headOf(`GET ${target} HTTP/1.1`, [['Host', host], ...UPGRADE, ...headers]);
  return {
    steps: [
      ...[{ send: head }, { until: '\r\n\r\n' }, { send: TEXT_FRAME }, { send: CLOSE_FRAME }],
      // The close of the server, without a mask. It waits for the end of the connection.
      ...[{ until: '\x88\x02\x03\xe8' }, { end: true } as const],
    ],
    response: { method: 'GET' },
  };
}
