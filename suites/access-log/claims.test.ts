import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import type { AnswersByKey } from '../../helpers/exchange/stub-calls.ts';
import { accessLog, LISTENERS } from './scenario.ts';

const test = chapter(accessLog);

type Listener = keyof typeof LISTENERS;

const at = (listener: Listener) => `127.0.0.1:${LISTENERS[listener]}`;
const url = (listener: Listener, path = '/') => `http://${at(listener)}${path}`;
const LATE: AnswersByKey<Script> = { '/late': [[{ untilEnd: true }]] };
const HEADERS = { host: 'a.test', 'x-forwarded-for': '192.0.2.1', 'user-agent': 'probe/1' };

const lines = ({ ownLog }: Exchange) => ownLog.map(({ line }) => line);

const TIME = String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\]`;
const ID = '"[0-9a-f-]{36}"';

/** A line of the default format: what follows the time, with `MS` for a duration, `ID` for a request id. */
function defaultLine(text: string): unknown {
  const escaped = text.replaceAll(/[.[\]"/{}|]/g, String.raw`\$&`).replaceAll('MS', String.raw`\d+`);
  return expect.stringMatching(new RegExp(`^${TIME} ${escaped.replaceAll('ID', ID)}$`));
}

describe('default format', () => {
  test('a request has method, path, protocol, status, flags, bytes, durations, client, id, host and upstream', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    const exchange = await downstream.get(url('ingress'), { headers: HEADERS });
    expect(lines(exchange)).toEqual([
      defaultLine(`"GET / HTTP/1.1" 200 - 0 14 MS MS "192.0.2.1" "probe/1" ID "a.test" "${upstream.socketAddress}"`),
    ]);
  });

  test.for([
    ['a direct response of 201', '/direct', '201 - 0 2', '"-"'],
    ['a 404 without a route', '/nowhere', '404 NR 0 0', '"-"'],
  ] as const)(
    '%s has neither a duration of an upstream nor an upstream',
    async ([, path, status, host], { downstream }) => {
      const exchange = await downstream.get(url('ingress', path), { headers: HEADERS });
      expect(lines(exchange)).toEqual([
        defaultLine(`"GET ${path} HTTP/1.1" ${status} MS - "192.0.2.1" "probe/1" ID "a.test" ${host}`),
      ]);
    },
  );

  test(
    'a refused connection is 503 UF with the address of the upstream, without its duration',
    differs(CHANGES.hideTransportFailureReason),
    async ({ downstream, since }) => {
      const exchange = await downstream.get(url('ingress', '/down'), { headers: HEADERS });
      const bytes = connectionRefusedBody(since(CHANGES.hideTransportFailureReason)).length;
      expect(lines(exchange)).toEqual([
        defaultLine(`"GET /down HTTP/1.1" 503 UF 0 ${bytes} MS - "192.0.2.1" "probe/1" ID "a.test" "127.0.0.1:5001"`),
      ]);
    },
  );

  test('a request that reaches the route timeout is 504 UT with the address of the upstream', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers(LATE);
    const exchange = await downstream.get(url('ingress', '/late'), { headers: HEADERS });
    expect(lines(exchange)).toEqual([
      defaultLine(
        `"GET /late HTTP/1.1" 504 UT 0 24 MS - "192.0.2.1" "probe/1" ID "a.test" "${upstream.socketAddress}"`,
      ),
    ]);
  });

  test('a request whose client goes away without a response has status 0 and DC', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/late': [[{ signal: 'arrived' }, { untilEnd: true }]] });
    const exchange = await downstream.dial(at('ingress'), {
      steps: [{ send: 'GET /late HTTP/1.1\r\nHost: a.test\r\n\r\n' }, { wait: 'arrived' }, { end: true }],
    });
    expect(lines(exchange)).toEqual([
      defaultLine(`"GET /late HTTP/1.1" 0 DC 0 0 MS - "-" "-" ID "a.test" "${upstream.socketAddress}"`),
    ]);
  });

  test.for([
    ['a request that cannot be parsed', 'GET\r\n\r\n', '400 DPE 0 11'],
    ['a request in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', '426 DPE 0 16'],
  ] as const)('%s has dashes for method, path and headers', async ([, send, status], { downstream }) => {
    const exchange = await downstream.dial(at('ingress'), { steps: [{ send }, { untilEnd: true }] });
    expect(lines(exchange)).toEqual([defaultLine(`"- - HTTP/1.1" ${status} MS - "-" "-" "-" "-" "-"`)]);
  });

  test('a connection through tcp_proxy has dashes for HTTP, status 0, the bytes of both directions and the upstream', async ({
    downstream,
    upstreams: { bytes },
  }) => {
    await bytes.plays([{ until: 'hello!' }, { send: 'good-bye' }, { untilEnd: true }]);
    const exchange = await downstream.dial(at('bytes'), {
      steps: [{ send: 'hello!' }, { until: 'good-bye' }, { end: true }],
    });
    expect(lines(exchange)).toEqual([defaultLine(`"- - -" 0 - 6 8 MS - "-" "-" "-" "-" "${bytes.socketAddress}"`)]);
  });
});

describe('JSON', () => {
  /** How the top-level number `sent` is spelt. */
  const spelt = ({ ownLog }: Exchange) => ownLog.map(({ text, line }) => text?.sent ?? String(Object(line).sent));

  test.for([99999, 123456])('%i bytes are written in digits', async (bytes, { downstream }) => {
    const exchange = await downstream.get(url('json', `/payload/${bytes}`));
    expect(spelt(exchange)).toEqual([String(bytes)]);
  });

  for (const [bytes, before] of [
    [100000, '1e+05'],
    [1000000, '1e+06'],
  ] as const) {
    test(
      `${bytes} bytes are written in digits since 1.40.0, and ${before} before`,
      differs(CHANGES.jsonNumbersInDigits),
      async ({ downstream, since }) => {
        const exchange = await downstream.get(url('json', `/payload/${bytes}`));
        expect(spelt(exchange)).toEqual([since(CHANGES.jsonNumbersInDigits) ? String(bytes) : before]);
        // Both spellings are the same number.
        expect(lines(exchange)).toEqual([expect.objectContaining({ sent: bytes })]);
      },
    );
  }

  test(
    'a number within a text, and a header whose value is a number, are written as text',
    differs(CHANGES.jsonNumbersInDigits),
    async ({ downstream }) => {
      const exchange = await downstream.get(url('json', '/payload/100000'), { headers: { 'x-number': '100000' } });
      expect(lines(exchange)).toEqual([expect.objectContaining({ text: 'sent 100000', number_of_header: '100000' })]);
    },
  );

  test('nested objects and lists have numbers, too', async ({ downstream }) => {
    const exchange = await downstream.post(url('json'), { body: 'hello' });
    expect(lines(exchange)).toEqual([expect.objectContaining({ nested: { received: 5, list: [14] } })]);
  });

  test('an operator without a value is null, and a dash within a text', async ({ downstream }) => {
    const exchange = await downstream.get(url('json'));
    expect(lines(exchange)).toEqual([
      expect.objectContaining({ absent: null, absent_in_text: '<->', other: null, route: null, code: 200 }),
    ]);
  });

  test('%REQ(A?B)% takes the second header where the first is absent; %REQ(A):4% its first four characters', async ({
    downstream,
  }) => {
    const exchange = await downstream.get(url('json'), { headers: { 'x-number': '7', 'user-agent': 'probe/1' } });
    expect(lines(exchange)).toEqual([expect.objectContaining({ other: '7', cut: 'prob', protocol: 'HTTP/1.1' })]);
  });

  test(
    'omit_empty_values leaves an empty value out of JSON since 1.40.0, as out of a text; before, it is null',
    differs(CHANGES.omitsEmptyInJson),
    async ({ downstream, since }) => {
      const exchange = await downstream.get(url('sparse'));
      const absent = since(CHANGES.omitsEmptyInJson) ? {} : { absent: null };
      expect(lines(exchange)).toEqual([{ in: 'json', method: 'GET', ...absent }, 'text <> GET']);
    },
  );
});

describe('filters', () => {
  test.for([
    ['a 200 is in no log whose filter wants an error or a header', '/', {}, []],
    ['a 503 UF is in the logs for statuses from 503 and for the flag UF', '/down', {}, ['status', 'flags']],
    ['a 404 NR is in the log for the flag NR alone', '/nowhere', {}, ['flags']],
    ['a 504 UT is in the log for statuses from 503 alone', '/late', {}, ['status']],
    [
      'a 200 with the header is in the logs of header_filter and of and_filter',
      '/',
      { 'x-log': 'yes' },
      ['header', 'both'],
    ],
    [
      'a 503 UF with the header is in all logs but the one of and_filter',
      '/down',
      { 'x-log': 'yes' },
      ['status', 'flags', 'header'],
    ],
  ] as [string, string, Record<string, string>, string[]][])(
    '%s',
    async ([, path, headers, expected], { downstream, upstreams: { upstream } }) => {
      await upstream.answers(LATE);
      const exchange = await downstream.get(url('filtered', path), { headers });
      expect(lines(exchange)).toEqual(expected);
    },
  );
});

describe('types of entries', () => {
  test('flush_access_log_on_new_request writes a line without a status when a request arrives', async ({
    downstream,
  }) => {
    const exchange = await downstream.get(url('typed'));
    expect(lines(exchange)).toEqual(['DownstreamStart 0', 'DownstreamEnd 200']);
  });

  test('access_log_flush_interval writes lines while a request lasts', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers(LATE);
    const exchange = await downstream.get(url('typed', '/late'));
    expect(lines(exchange)).toEqual(['DownstreamStart 0', 'DownstreamPeriodic 0', 'DownstreamEnd 504']);
  });

  test('flush_access_log_on_connected of tcp_proxy writes a line when the upstream is connected', async ({
    downstream,
  }) => {
    const exchange = await downstream.dial(at('typed-bytes'), { steps: [{ untilBytes: 1 }, { end: true }] });
    expect(lines(exchange)).toEqual(['TcpUpstreamConnected 0', 'TcpConnectionEnd 0']);
  });
});

describe('upstream_log of the router', () => {
  const entry = (values: object, since: boolean) => ({
    ...{ type: 'UpstreamEnd', ...values },
    ...(since
      ? { downstream: '127.0.0.1', listener_port: LISTENERS.upstream }
      : { downstream: null, listener_port: null }),
  });

  test(
    "a try has a line with the upstream and, since 1.38.0, the addresses of the downstream's connection",
    differs(CHANGES.downstreamInUpstreamLog),
    async ({ downstream, upstreams: { upstream }, since }) => {
      const exchange = await downstream.get(url('upstream'));
      const values = { code: 200, upstream: upstream.socketAddress };
      expect(lines(exchange)).toEqual([entry(values, since(CHANGES.downstreamInUpstreamLog))]);
    },
  );

  test(
    'a try whose connection is refused has a line, with status 0',
    differs(CHANGES.downstreamInUpstreamLog, CHANGES.hideTransportFailureReason),
    async ({ downstream, since }) => {
      const exchange = await downstream.get(url('upstream', '/down'));
      const values = { code: 0, upstream: '127.0.0.1:5001' };
      expect(lines(exchange)).toEqual([entry(values, since(CHANGES.downstreamInUpstreamLog))]);
    },
  );

  test('a direct response has no line: it has no upstream', async ({ downstream }) => {
    const exchange = await downstream.get(url('upstream', '/direct'));
    expect(lines(exchange)).toEqual([]);
  });
});
