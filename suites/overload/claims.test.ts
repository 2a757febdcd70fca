import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import type { Exchange } from '../../fixtures/exchange/exchange.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import type { Frame } from '../../helpers/exchange/http2/frame.ts';
import { response } from '../../helpers/exchange/response.ts';
import type { Script, Step } from '../../helpers/exchange/script.ts';
import type { RawHeader } from '../../helpers/exchange/wire.ts';
import { LISTENERS, overload } from './scenario.ts';

const test = chapter(overload);

const to = (listener: keyof typeof LISTENERS): string => `127.0.0.1:${LISTENERS[listener]}`;
const url = (listener: keyof typeof LISTENERS, path = '/'): string => `http://${to(listener)}${path}`;
const answer = (status: number, headers: RawHeader[] = []): Script => response({ status, headers, body: `${status}` });
const OK2: Frame[] = [{ type: 'HEADERS', headers: [[':status', '200']], endStream: true }];
/** A response that is held back until another request has its own. */
const HELD: Script = [{ signal: 'held' }, { wait: 'release' }, ...answer(200)];

const request = (stream: number, path: string): Step => {
  const headers: RawHeader[] = [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'h'],
  ];
  return { frames: [{ type: 'HEADERS', stream, headers, endStream: true } satisfies Frame] };
};
const answered = (stream: number): Step => ({ untilFrame: { type: 'HEADERS', stream } });

/** A port outside of the default range: no other connection has it. */
const FREE_PORT = 61000;
const PORT_RANGE = '/proc/sys/net/ipv4/ip_local_port_range';
/** An idle connection; a reset leaves no TIME_WAIT, which would hold its port for 60 s. */
const IDLE: Script = [...answer(200), { wait: 'released' }, { reset: true }];

/** Leaves one port for outgoing connections of Envoy's host. @returns how to restore them */
async function onePortLeft(lab: Lab): Promise<() => Promise<unknown>> {
  const range = await lab.envoyHost.run(['cat', PORT_RANGE]);
  const set = (value: string) => lab.envoyHost.run(['tee', PORT_RANGE], value);
  const restore = () => set(range);
  lab.changes.undo(restore);
  await set(`${FREE_PORT} ${FREE_PORT}`);
  return restore;
}

/** Counters of what is refused, and of no other thing. */
const COUNTERS = /overflow|overload|upstream_rq_retry|limited_connections|too_large|protocol_error|_cx_active/;

const moved = ({ stats }: Exchange): Record<string, number> =>
  Object.fromEntries(Object.entries(stats).filter(([name]) => COUNTERS.test(name)));

const logged = ({ accessLog }: Exchange): unknown[] =>
  accessLog.map((entry) => [entry.response_code, entry.response_flags, entry.response_code_details]);

/** The status and x-envoy-overloaded of each stream. */
function replies({ reply: { frames } }: Exchange): Record<string, (string | undefined)[]> {
  const responses = frames.flatMap((frame) => (frame.type === 'HEADERS' ? [frame] : []));
  const value = (headers: RawHeader[], name: string) => headers.find(([key]) => key === name)?.[1];
  return Object.fromEntries(
    responses.map(({ stream, headers }) => [stream, [value(headers, ':status'), value(headers, 'x-envoy-overloaded')]]),
  );
}

const REFUSED = [503, 'UO', 'upstream_reset_before_response_started{overflow}'];
const SERVED = [200, '-', 'via_upstream'];

describe('circuit breakers', () => {
  for (const [title, cluster] of [
    [
      'max_requests 1: a second request gets 503 UO, upstream_rq_pending_overflow up to 1.37, _active_overflow since 1.38',
      'requests',
    ],
    [
      'max_requests 1 of an HTTP/2 upstream: a second request gets 503 UO, and moves the same counter of its version',
      'http2-requests',
    ],
  ] as const) {
    test(title, differs(CHANGES.activeRequestOverflow), async ({ downstream, upstreams: { upstream }, since }) => {
      const held: Script = cluster === 'requests' ? HELD : [{ signal: 'held' }, { wait: 'release' }, { frames: OK2 }];
      await upstream.answers({ [`/${cluster}/1`]: [held] });
      const seen = await downstream.dial(to('ingress'), {
        steps: [
          request(1, `/${cluster}/1`),
          { wait: 'held' },
          ...[request(3, `/${cluster}/2`), answered(3), { signal: 'release' }],
        ],
      });
      expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['503', 'true'] });
      expect(logged(seen)).toEqual([REFUSED, SERVED]);
      const of = since(CHANGES.activeRequestOverflow) ? 'active' : 'pending';
      expect(moved(seen)).toEqual({ [`cluster.${cluster}.upstream_rq_${of}_overflow`]: 1 });
    });
  }

  test('max_requests 1: once the first request has ended, the next one is served', async ({ downstream }) => {
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        request(1, '/requests/1'),
        { untilFrame: { type: 'DATA', stream: 1, endStream: true } },
        request(3, '/requests/2'),
      ],
    });
    expect(replies(seen)).toEqual({ 1: ['404', undefined], 3: ['404', undefined] });
    expect(moved(seen)).toEqual({});
  });

  test('thresholds of priority HIGH are apart: a route with it is served while DEFAULT is full', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/requests/1': [HELD] });
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        request(1, '/requests/1'),
        { wait: 'held' },
        ...[request(3, '/requests/high'), answered(3), { signal: 'release' }],
      ],
    });
    expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['404', undefined] });
    expect(moved(seen)).toEqual({});
  });

  test(
    'max_requests 1 of priority HIGH: a second request of it gets 503 UO; one of DEFAULT is served',
    differs(CHANGES.activeRequestOverflow),
    async ({ downstream, upstreams: { upstream }, since }) => {
      await upstream.answers({ '/requests/high/1': [HELD] });
      const seen = await downstream.dial(to('ingress'), {
        steps: [
          request(1, '/requests/high/1'),
          { wait: 'held' },
          ...[request(3, '/requests/high/2'), answered(3)],
          ...[request(5, '/requests/1'), answered(5), { signal: 'release' }],
        ],
      });
      expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['503', 'true'], 5: ['404', undefined] });
      const of = since(CHANGES.activeRequestOverflow) ? 'active' : 'pending';
      expect(moved(seen)).toEqual({ [`cluster.requests.upstream_rq_${of}_overflow`]: 1 });
    },
  );

  test('gauges of a circuit breaker: rq_open is 1 and remaining_rq 0 while max_requests is reached', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/requests/1': [HELD] });
    const gauges = async () => {
      const page = await lab.envoy.admin(
        '/stats?filter=^cluster.requests.circuit_breakers.default.(rq_open|remaining_rq)$',
      );
      return [...page.matchAll(/(\w+): (\d+)/g)].map(([, name, value]) => [name, Number(value)]);
    };
    const pages: unknown[] = [];
    await downstream.get(url('ingress', '/requests/1'), {
      meanwhile: async (signals) => {
        await signals.raised('held');
        pages.push(await gauges());
        await signals.raise('release');
      },
    });
    pages.push(await gauges());
    expect(pages).toEqual([
      [
        ['remaining_rq', 0],
        ['rq_open', 1],
      ],
      [
        ['remaining_rq', 1],
        ['rq_open', 0],
      ],
    ]);
  });

  test('max_connections 1: a second request waits for the connection, and upstream_cx_overflow counts it', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/connections/1': [HELD] });
    const seen = await downstream.dial(to('ingress'), {
      steps: [request(1, '/connections/1'), { wait: 'held' }, request(3, '/connections/2')],
      meanwhile: async (signals) => {
        await signals.raised('held');
        await lab.envoy.waitFor('/stats?filter=^cluster.connections.upstream_rq_pending_active$', ': 1');
        await signals.raise('release');
      },
    });
    expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['404', undefined] });
    expect(new Set(seen.received.map(({ remote }) => remote)).size).toBe(1);
    expect(moved(seen)).toEqual({ 'cluster.connections.upstream_cx_overflow': 1 });
  });

  test('max_connections 1 and max_pending_requests 1: a third request gets 503 UO; the second one is served', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/pending/1': [HELD] });
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        request(1, '/pending/1'),
        { wait: 'held' },
        request(3, '/pending/2'),
        ...[request(5, '/pending/3'), answered(5), { signal: 'release' }],
      ],
    });
    expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['404', undefined], 5: ['503', 'true'] });
    expect(moved(seen)).toEqual({
      'cluster.pending.upstream_cx_overflow': 1,
      'cluster.pending.upstream_rq_pending_overflow': 1,
    });
  });

  for (const [title, cluster, changes] of [
    [
      'max_requests 0: every request gets 503 UO, upstream_rq_pending_overflow up to 1.37, _active_overflow since 1.38',
      ...(['no-requests', [CHANGES.activeRequestOverflow]] as const),
    ],
    ['max_pending_requests 0: a request without an idle connection gets 503 UO', 'no-pending', []],
  ] as const) {
    test(title, differs(...changes), async ({ downstream, since }) => {
      const seen = await downstream.get(url('ingress', `/${cluster}/`));
      expect([seen.reply.outcome, seen.reply.header('x-envoy-overloaded')]).toEqual([503, 'true']);
      expect(seen.reply.body).toBe('upstream connect error or disconnect/reset before headers. reset reason: overflow');
      expect(logged(seen)).toEqual([REFUSED]);
      const of = changes.some(since) ? 'active' : 'pending';
      expect(moved(seen)).toEqual({ [`cluster.${cluster}.upstream_rq_${of}_overflow`]: 1 });
    });
  }

  test('max_retries 0: a 503 is not retried, upstream_rq_retry_overflow', async ({ downstream, upstreams }) => {
    await upstreams.upstream.answers({ '*': [answer(503), answer(200)] });
    const seen = await downstream.get(url('ingress', '/no-retries/'));
    expect([seen.reply.outcome, seen.reply.header('x-envoy-overloaded')]).toEqual([503, undefined]);
    expect(logged(seen)).toEqual([[503, 'UO', 'via_upstream']]);
    expect(moved(seen)).toEqual({ 'cluster.no-retries.upstream_rq_retry_overflow': 1 });
  });

  for (const [title, cluster] of [
    ['max_retries 1: while one request is retried, a second one is not', 'retries'],
    ['retry_budget with min_retry_concurrency 1: while one request is retried, a second one is not', 'budget'],
  ] as const) {
    test(title, async ({ downstream, upstreams: { upstream } }) => {
      await upstream.answers({ [`/${cluster}/1`]: [answer(503), HELD], [`/${cluster}/2`]: [answer(503), answer(200)] });
      const seen = await downstream.dial(to('ingress'), {
        steps: [
          request(1, `/${cluster}/1`),
          { wait: 'held' },
          ...[request(3, `/${cluster}/2`), answered(3), { signal: 'release' }],
        ],
      });
      expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: ['503', undefined] });
      expect(logged(seen)).toEqual([[503, 'UO', 'via_upstream'], SERVED]);
      expect(moved(seen)).toEqual({
        [`cluster.${cluster}.upstream_rq_retry`]: 1,
        [`cluster.${cluster}.upstream_rq_retry_backoff_exponential`]: 1,
        [`cluster.${cluster}.upstream_rq_retry_overflow`]: 1,
        [`cluster.${cluster}.upstream_rq_retry_success`]: 1,
      });
    });
  }

  test('max_pending_requests 0 of a TCP cluster: the connection is closed, URX, upstream_rq_pending_overflow', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('bytes'));
    expect(seen.reply.body).toBe('');
    expect(seen.streams).toEqual([]);
    expect(seen.accessLog).toEqual([expect.objectContaining({ response_flags: 'URX' })]);
    expect(moved(seen)).toEqual({ 'cluster.bytes.upstream_rq_pending_overflow': 1 });
  });
});

describe('limits of connections', () => {
  for (const { title, listener, counter, last = counter } of [
    {
      title: 'connection_limit 1: a second connection is closed, limited_connections',
      listener: 'filtered',
      counter: 'connection_limit.filtered.limited_connections',
      last: 'http.filtered.downstream_cx_destroy',
    },
    {
      title: 'the runtime limit of a listener is 1: a second connection is closed, downstream_cx_overflow',
      listener: 'runtime',
      counter: 'listener.0.0.0.0_4996.downstream_cx_overflow',
    },
  ] as const) {
    test(title, async ({ lab, downstream }) => {
      const first = await downstream.get(url(listener), { connection: 'first' });
      // Envoy counts a connection after its end; the first one is open, so that nothing else is waited for.
      const isCounted = () => lab.envoy.waitFor(`/stats?filter=^${last}$`, ': 1');
      const second = await downstream.dial(to(listener), { endMs: 0, meanwhile: isCounted });
      const again = await downstream.get(url(listener), { connection: 'first', last: true });
      const next = await downstream.get(url(listener));
      expect([first, again, next].map(({ reply }) => reply.outcome)).toEqual([200, 200, 200]);
      expect([second.reply.outcome, second.reply.body]).toEqual(['closed', '']);
      expect(moved(second)).toEqual({ [counter]: 1 });
    });
  }

  test('max_active_downstream_connections 3: a fourth connection of Envoy is closed, downstream_global_cx_overflow', async ({
    downstream,
  }) => {
    for (const connection of ['1', '2', '3']) await downstream.get(url('ingress'), { connection });
    const fourth = await downstream.dial(to('sizes'), { endMs: 0 });
    for (const connection of ['1', '2', '3']) await downstream.get(url('ingress'), { connection, last: true });
    const next = await downstream.get(url('sizes'));
    expect([fourth.reply.outcome, fourth.reply.body]).toEqual(['closed', '']);
    expect(moved(fourth)).toEqual({ 'listener.0.0.0.0_4995.downstream_global_cx_overflow': 1 });
    expect(next.reply.outcome).toBe(200);
  });
});

describe('source ports', () => {
  test(
    'upstream_bind_config with port 0: sockets to upstreams have IP_BIND_ADDRESS_NO_PORT since 1.40.0',
    differs(CHANGES.sharedSourcePorts),
    async ({ lab, downstream, upstreams: { upstream }, since }) => {
      // The next request opens a connection of its own.
      const last: Script = [{ signal: 'held' }, { wait: 'release' }, ...answer(200, [['connection', 'close']])];
      await upstream.answers({ '/bound/upstream': [last] });
      let sockets = '';
      const { received } = await downstream.get(url('ingress', '/bound/upstream'), {
        meanwhile: async (signals) => {
          await signals.raised('held');
          sockets = await lab.envoyHost.run(['ss', '-tnHO', '--inet-sockopt', `dst ${upstream.socketAddress}`]);
          await signals.raise('release');
        },
      });
      const own = sockets.split('\n').filter((line) => line.includes(` ${received[0]?.remote} `));
      expect(own).toHaveLength(1);
      expect(own[0]?.includes('bind_addr_no_port')).toBe(since(CHANGES.sharedSourcePorts));
    },
  );

  test(
    'upstream_bind_config with one free port: a second destination is a 503 UF before 1.40.0, and shares it since',
    differs(CHANGES.sharedSourcePorts),
    async ({ lab, downstream, upstreams: { upstream, bytes }, since, skip }) => {
      const { status } = await lab.envoyHost.try(['test', '-w', PORT_RANGE]);
      if (status !== 0) skip('the sandbox does not let a host change its ports');
      await upstream.answers({ '/bound/upstream': [IDLE] });
      await bytes.plays([{ until: '\r\n\r\n' }, ...IDLE]);
      const seen = await downstream.dial(to('ingress'), {
        steps: [
          ...[{ signal: 'connected' }, { wait: 'one port left' }],
          ...[request(1, '/bound/upstream'), answered(1)],
          ...[request(3, '/bound/bytes'), answered(3), { signal: 'answered' }],
        ],
        meanwhile: async (signals) => {
          await signals.raised('connected');
          const restore = await onePortLeft(lab);
          await signals.raise('one port left');
          await signals.raised('answered');
          await restore();
          await signals.raise('released');
        },
      });
      const isShared = since(CHANGES.sharedSourcePorts);
      const port = `198.51.100.1:${FREE_PORT}`;
      expect(replies(seen)).toEqual({ 1: ['200', undefined], 3: [isShared ? '200' : '503', undefined] });
      expect(seen.accessLog.map((entry) => entry.response_flags)).toEqual(['-', isShared ? '-' : 'UF']);
      expect(seen.received.map(({ remote }) => remote)).toEqual([port]);
      expect(seen.streams.map(({ remote }) => remote)).toEqual(isShared ? [port] : []);
      expect(seen.stats['cluster.bound-bytes.bind_errors']).toBe(isShared ? undefined : 1);
    },
  );
});

describe('limits of sizes', () => {
  for (const [title, path, bytes, status] of [
    ['max_request_bytes 20: a body of 20 bytes reaches the upstream', '/', 20, 200],
    ['max_request_bytes 20: a body of 21 bytes gets 413 request_payload_too_large', '/', 21, 413],
    ['max_request_bytes 40 of a route replaces the 20 of the filter: a body of 40 bytes is served', '/wider', 40, 404],
    ['max_request_bytes 40 of a route: a body of 41 bytes gets 413', '/wider', 41, 413],
    ['a route with disabled: true has no max_request_bytes: a body of 100 bytes is served', '/unbuffered', 100, 404],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.post(url('sizes', path), { body: 'x'.repeat(bytes) });
      expect(seen.reply.outcome).toBe(status);
      expect(seen.received).toHaveLength(status === 413 ? 0 : 1);
      expect(logged(seen)).toEqual([[status, '-', status === 413 ? 'request_payload_too_large' : 'via_upstream']]);
      expect(moved(seen)).toEqual(status === 413 ? { 'http.sizes.downstream_rq_too_large': 1 } : {});
    });
  }

  for (const [title, headers, details] of [
    [
      'max_headers_count 20: a request with 21 headers, with Host, gets 431 DPE',
      Array.from({ length: 20 }, (_, at) => `x-${at}: 1\r\n`).join(''),
      'http1.too_many_headers',
    ],
    [
      'max_request_headers_kb 8: a header of 8 KiB, with its name, gets 431 DPE',
      `x-long: ${'x'.repeat(8 * 1024)}\r\n`,
      'http1.headers_too_large',
    ],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to('sizes'), {
        steps: [{ send: `GET / HTTP/1.1\r\nHost: h\r\n${headers}\r\n` }],
      });
      expect(seen.reply.body).toMatch(/^HTTP\/1\.1 431 /);
      expect(seen.received).toEqual([]);
      expect(logged(seen)).toEqual([[431, 'DPE', details]]);
      expect(moved(seen)).toEqual({ 'http.sizes.downstream_cx_protocol_error': 1 });
    });
  }

  for (const [title, headers] of [
    [
      'max_headers_count 20 of a cluster: a response with 21 headers, with content-length, is a 502 UPE',
      Array.from({ length: 20 }, (_, at): RawHeader => [`x-${at}`, '1']),
    ],
    [
      'max_response_headers_kb 8 of a cluster: a response with a header of 8 KiB, with its name, is a 502 UPE',
      [['x-long', 'x'.repeat(8 * 1024)] satisfies RawHeader],
    ],
  ] as const) {
    test(title, async ({ downstream, upstreams: { upstream } }) => {
      await upstream.answers({ '*': [answer(200, [...headers])] });
      const seen = await downstream.get(url('sizes'));
      expect(seen.reply.outcome).toBe(502);
      expect(logged(seen)).toEqual([[502, 'UPE', 'upstream_reset_before_response_started{protocol_error}']]);
      expect(moved(seen)).toEqual({ 'cluster.sizes.upstream_cx_protocol_error': 1 });
    });
  }
});

describe('overload manager', () => {
  /** A heap of one byte, which is always full, triggers an action. */
  const triggers = (field: 'actions' | 'loadshed_points', name: string): ConfigChange => ({
    append: {
      'overload_manager.resource_monitors': {
        name: 'envoy.resource_monitors.fixed_heap',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig',
          max_heap_size_bytes: 1,
        },
      },
    },
    add: {
      'overload_manager.refresh_interval': '0.05s',
      [`overload_manager.${field}`]: [
        { name, triggers: [{ name: 'envoy.resource_monitors.fixed_heap', threshold: { value: 0.9 } }] },
      ],
    },
  });
  const PRESSURE = '/stats?filter=^overload.envoy.resource_monitors.fixed_heap.pressure$';

  test(
    'stop_accepting_requests: requests get 503, downstream_rq_overload_close',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: triggers('actions', 'envoy.overload_actions.stop_accepting_requests') });
      await lab.envoy.waitFor('/stats?filter=^overload.envoy.overload_actions.stop_accepting_requests.active$', ': 1');
      const seen = await downstream.get(url('ingress'));
      expect([seen.reply.outcome, seen.reply.body, seen.received]).toEqual([503, 'envoy overloaded', []]);
      expect(logged(seen)).toEqual([[503, '-', 'overload']]);
      expect(moved(seen)).toEqual({ 'http.ingress.downstream_rq_overload_close': 1 });
    },
  );

  test('disable_http_keepalive: responses have connection: close', changesEnvoy, async ({ lab, downstream }) => {
    await lab.restartEnvoy({ config: triggers('actions', 'envoy.overload_actions.disable_http_keepalive') });
    await lab.envoy.waitFor('/stats?filter=^overload.envoy.overload_actions.disable_http_keepalive.active$', ': 1');
    const seen = await downstream.get(url('ingress'));
    expect([seen.reply.outcome, seen.reply.header('connection')]).toEqual([200, 'close']);
    expect(moved(seen)).toEqual({ 'http.ingress.downstream_cx_overload_disable_keepalive': 1 });
  });

  test(
    'reject_incoming_connections: a connection is closed, downstream_cx_overload_reject',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: triggers('actions', 'envoy.overload_actions.reject_incoming_connections') });
      await lab.envoy.waitFor(
        '/stats?filter=^overload.envoy.overload_actions.reject_incoming_connections.active$',
        ': 1',
      );
      const seen = await downstream.dial(to('ingress'));
      expect([seen.reply.outcome, seen.reply.body]).toEqual(['closed', '']);
      expect(moved(seen)).toEqual({ 'listener.0.0.0.0_4999.downstream_cx_overload_reject': 1 });
    },
  );

  test(
    'the load shed point http_connection_manager_decode_headers: requests get 503',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({
        config: triggers('loadshed_points', 'envoy.load_shed_points.http_connection_manager_decode_headers'),
      });
      await lab.envoy.waitFor(PRESSURE, ': [1-9]');
      const seen = await downstream.get(url('ingress'));
      expect([seen.reply.outcome, seen.reply.body, seen.received]).toEqual([503, 'envoy overloaded', []]);
      expect(logged(seen)).toEqual([[503, '-', 'overload']]);
      expect(moved(seen)).toEqual({
        'http.ingress.downstream_rq_overload_close': 1,
        'overload.envoy.load_shed_points.http_connection_manager_decode_headers.shed_load_count': 1,
      });
    },
  );
});
