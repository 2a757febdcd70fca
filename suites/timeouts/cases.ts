import { expect } from 'vitest';
import type { ChapterTest } from '../../fixtures/chapter.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import type { Signals } from '../../fixtures/lab/signals.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';
import type { Frame } from '../../helpers/exchange/http2/frame.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { LISTENERS } from './scenario.ts';

type Listener = keyof typeof LISTENERS;
/** Status, flags and details of an access log entry. */
type Logged = [number, string, string];

export const to = (listener: Listener): string => `127.0.0.1:${LISTENERS[listener]}`;
export const SILENT: Script = [{ untilEnd: true }];
/** The first three bytes of a body of ten. */
export const PART: Script = [{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc' }, { untilEnd: true }];
export const RESET: Script = [{ reset: true }];
export const answer = (status: number, headers: RawHeader[] = []): Script =>
  response({ status, headers, body: `${status}` });
export const get = (path: string, headers = '') => ({ send: `GET ${path} HTTP/1.1\r\nHost: h\r\n${headers}\r\n` });
export const halfOf = (path: string) => ({
  send: `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf `,
});
export const HALF_A_HEAD = { send: 'GET / HTTP/1.1\r\nHost' };
export const WEBSOCKET = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
export const ACCEPTED = { send: `HTTP/1.1 101 Switching Protocols\r\n${WEBSOCKET}\r\n` };
export const GRPC: RawHeader[] = [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
];

export const http2 = (path: string, { headers = [] as RawHeader[], endStream = true, stream = 1 } = {}): Frame => ({
  ...{ type: 'HEADERS', stream },
  headers: [[':method', 'POST'], [':scheme', 'http'], [':path', path], [':authority', 'h'], ...headers],
  ...(endStream && { endStream }),
});

/** Counters of time limits, retries and connections, and of no other thing. */
const COUNTERS =
  /^(cluster|http|tcp)\.[\w-]+\.(?!retry\.)\w*(timeout|duration|upstream_rq_retry|connect_fail|attempts|max_requests|abandoned|cancelled)\w*$/;

export const moved = ({ stats }: Exchange): Record<string, number> =>
  Object.fromEntries(Object.entries(stats).filter(([name]) => COUNTERS.test(name)));

export const logged = ({ accessLog }: Exchange): unknown[] =>
  accessLog.map((entry) => [entry.response_code, entry.response_flags, entry.response_code_details]);

/** Acts once another request has reached a route timeout that began after this. */
async function afterRouteTimeout(lab: Lab): Promise<void> {
  const url = `http://${to('ingress')}/route/elsewhere`;
  const limits = { connectTimeoutMs: TIMEOUTS.connectMs, timeoutMs: TIMEOUTS.exchangeMs };
  const { status } = await lab.downstreamHost.call(
    'request',
    { method: 'GET', url, headers: [], ...limits },
    DOWNSTREAM_UID,
  );
  expect(status).toBe(504);
}

/** Raises `later` after a route timeout that begins with `begun`. */
export const raisesLater = (lab: Lab) => async (signals: Pick<Signals, 'raised' | 'raise'>) => {
  await signals.raised('begun');
  await afterRouteTimeout(lab);
  await signals.raise('later');
};

interface Case {
  title: string;
  listener?: Listener;
  /** What the downstream sends. Default: a GET of the path. */
  send?: Script;
  path?: string;
  headers?: string;
  upstream?: [Script, ...Script[]];
  reply: [number | string, unknown];
  grpcStatus?: string;
  log: Logged;
  counters: Record<string, number>;
  /** The values of x-envoy-attempt-count that the upstream receives. */
  attempts?: string[];
}

/** Each case is a claim: one request, its reply, its log entry, and every counter that moves. */
export function claims(test: ChapterTest<'upstream' | 'bytes'>, cases: Case[]): void {
  for (const { title, listener = 'ingress', path = '/', headers, send, upstream: scripts, ...expected } of cases) {
    test(title, async ({ downstream, upstreams: { upstream } }) => {
      if (scripts) await upstream.answers({ '*': scripts });
      const steps = send ?? [get(path, headers)];
      const framed = steps.some((step) => 'frames' in step);
      const seen = await downstream.dial(to(listener), { steps, ...(!framed && { response: { method: 'GET' } }) });
      expect([seen.reply.outcome, seen.reply.body]).toEqual(expected.reply);
      if (expected.grpcStatus) expect(seen.reply.header('grpc-status')).toBe(expected.grpcStatus);
      expect(logged(seen)).toEqual([expected.log]);
      expect(moved(seen)).toEqual(expected.counters);
      if (expected.attempts)
        expect(seen.received.map((request) => request.header('x-envoy-attempt-count'))).toEqual(expected.attempts);
    });
  }
}

export const counted = (owner: string, ...names: string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [`${owner}.${name}`, 1]));
export const ofUpstream = (...names: string[]) => counted('cluster.upstream', ...names);
