import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { claims } from '../shared/timeouts/claims.ts';
import { raisesLater } from '../shared/timeouts/later.ts';
import { counted, logged, moved, ofUpstream } from '../shared/timeouts/observed.ts';
import { answer, get, halfOf, http2, PART, SILENT } from '../shared/timeouts/scripts.ts';
import { connectionTimeouts, LISTENERS } from './scenario.ts';

const test = chapter(connectionTimeouts);
const to = (listener: keyof typeof LISTENERS): string => `127.0.0.1:${LISTENERS[listener]}`;

describe('connections of the downstream', () => {
  const AGE = counted('http.age', 'downstream_cx_max_duration_reached');
  const IDLE = counted('http.keep-alive', 'downstream_cx_idle_timeout');

  for (const [title, listener, counters] of [
    ['max_connection_duration closes a connection without requests', 'age', AGE],
    ['idle_timeout closes a connection without requests', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener));
      expect([seen.reply.outcome, seen.reply.body, seen.accessLog]).toEqual(['closed', '', []]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  for (const [title, listener, counters] of [
    ['max_connection_duration closes a kept-alive connection after its response', 'age', AGE],
    ['idle_timeout closes a kept-alive connection after its response', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener), { steps: [get('/')] });
      expect(seen.reply.body).toMatch(/^HTTP\/1\.1 200 OK\r\n(?!connection)/);
      expect([seen.reply.outcome, seen.reply.body.includes('connection: close')]).toEqual(['closed', false]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  for (const [title, listener, counters] of [
    ['over HTTP/2, max_connection_duration sends GOAWAY(NO_ERROR) after the response', 'age', AGE],
    ['over HTTP/2, idle_timeout sends GOAWAY(NO_ERROR) after the response', 'keep-alive', IDLE],
  ] as const) {
    test(title, async ({ downstream }) => {
      const seen = await downstream.dial(to(listener), {
        steps: [{ frames: [http2('/')] }, { untilFrame: { type: 'GOAWAY' } }],
      });
      expect(seen.reply.outcome).toBe(200);
      expect(seen.reply.frames.filter(({ type }) => type === 'GOAWAY')).toMatchObject([{ code: 'NO_ERROR' }]);
      expect(moved(seen)).toEqual(counters);
    });
  }

  test('max_connection_duration within a response: the response arrives whole, and then the connection closes', async ({
    lab,
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({
      '/': [[...PART.slice(0, 1), { signal: 'begun' }, { wait: 'later' }, { send: '4567890' }]],
      '/route/elsewhere': [SILENT],
    });
    const seen = await downstream.dial(to('age'), {
      steps: [get('/'), { until: '4567890' }],
      meanwhile: raisesLater(lab),
    });
    expect(seen.reply.body).toMatch(/\r\n\r\nabc4567890$/);
    expect(seen.reply.outcome).toBe('closed');
    expect(moved(seen)).toEqual({ ...AGE, ...ofUpstream('upstream_rq_timeout') });
  });

  test('max_requests_per_connection 2: the second response has connection: close', async ({ downstream }) => {
    const seen = await downstream.dial(to('count'), {
      steps: [get('/first'), { until: 'page not found' }, get('/second'), { until: 'page not found' }],
    });
    const [first, second] = seen.reply.body.split(/(?<=.)(?=HTTP\/1\.1)/s);
    expect([first, second].map((each) => each?.includes('connection: close'))).toEqual([false, true]);
    expect(seen.reply.outcome).toBe('closed');
    expect(moved(seen)).toEqual(counted('http.count', 'downstream_cx_max_requests_reached'));
  });

  test('over HTTP/2, max_requests_per_connection 2: GOAWAY(NO_ERROR) with the second request, both get responses', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('count'), {
      steps: [
        { frames: [http2('/')] },
        { untilFrame: { type: 'DATA', stream: 1, endStream: true } },
        { frames: [http2('/', { stream: 3 })] },
        { untilFrame: { type: 'GOAWAY' } },
      ],
    });
    expect(logged(seen)).toEqual([
      [200, '-', 'via_upstream'],
      [200, '-', 'via_upstream'],
    ]);
    expect(seen.reply.frames.find(({ type }) => type === 'GOAWAY')).toMatchObject({ code: 'NO_ERROR' });
    expect(moved(seen)).toEqual(counted('http.count', 'downstream_cx_max_requests_reached'));
  });

  test('delayed_close_timeout closes a connection that the downstream leaves open after an early response', async ({
    downstream,
    upstreams: { upstream },
  }) => {
    await upstream.answers({ '/early': [answer(413)] });
    const seen = await downstream.dial(to('delayed-close'), { steps: [halfOf('/early')] });
    expect(seen.reply.body).toMatch(/^HTTP\/1\.1 413 /);
    expect(moved(seen)).toEqual(counted('http.delayed-close', 'downstream_cx_delayed_close_timeout'));
  });
});

describe('connections to upstreams', () => {
  claims(test, LISTENERS, [
    {
      title: 'a connection that is not established within connect_timeout: 503 UF connection_timeout',
      path: '/dropped/',
      reply: [503, expect.stringMatching(/reset reason: connection timeout$/)],
      log: [503, 'UF', 'upstream_reset_before_response_started{connection_timeout}'],
      counters: counted('cluster.dropped', 'upstream_cx_connect_fail', 'upstream_cx_connect_timeout'),
    },
  ]);

  test('a route timeout shorter than connect_timeout: 504 UT, and the connection attempt goes on', async ({
    lab,
    downstream,
  }) => {
    const seen = await downstream.get(`${lab.envoyUrl}/dropped-route/`, {
      meanwhile: () => lab.envoy.waitFor('/stats?filter=cluster.dropped-route.upstream_cx_connect_timeout', ': 1'),
    });
    expect([seen.reply.outcome, seen.reply.body]).toEqual([504, 'upstream request timeout']);
    expect(logged(seen)).toEqual([[504, 'UT', 'response_timeout']]);
    expect(moved(seen)).toEqual(
      counted(
        ...(['cluster.dropped-route', 'upstream_rq_timeout', 'upstream_rq_cancelled'] as const),
        ...['upstream_cx_connect_fail', 'upstream_cx_connect_timeout'],
      ),
    );
  });

  test(
    'idle_timeout shorter than connect_timeout: local_connection_failure before 1.38.0, connection_timeout since',
    differs(CHANGES.upstreamIdleTimer),
    async ({ lab, downstream, since }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/dropped-idle/`);
      const [reason, timer] = since(CHANGES.upstreamIdleTimer)
        ? ['connection_timeout', 'upstream_cx_connect_timeout']
        : ['local_connection_failure', 'upstream_cx_idle_timeout'];
      expect(seen.reply.outcome).toBe(503);
      expect(logged(seen)).toEqual([[503, 'UF', `upstream_reset_before_response_started{${reason}}`]]);
      expect(moved(seen)).toEqual(counted('cluster.dropped-idle', 'upstream_cx_connect_fail', timer));
    },
  );

  for (const [title, path, counter] of [
    ['idle_timeout of a cluster closes an unused upstream connection', 'idle', 'upstream_cx_idle_timeout'],
    [
      'max_connection_duration of a cluster closes an unused upstream connection',
      'aged',
      'upstream_cx_max_duration_reached',
    ],
  ] as const) {
    test(title, async ({ lab, downstream }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/${path}/`, {
        meanwhile: () => lab.envoy.waitFor(`/stats?filter=cluster.${path}.${counter}`, ': 1'),
      });
      expect(seen.reply.outcome).toBe(404);
      expect(seen.connections).toEqual([expect.objectContaining({ requests: 1, ended: 'end' })]);
      expect(moved(seen)).toEqual(counted(`cluster.${path}`, counter));
    });
  }

  test('max_requests_per_connection 1 of a cluster: each request has a connection of its own', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('ingress'), {
      steps: [
        get('/counted/'),
        { until: 'page not found' },
        get('/counted/'),
        { until: 'page not found' },
        { end: true },
      ],
    });
    expect(seen.connections.map(({ requests, ended }) => [requests, ended])).toEqual([
      [1, 'end'],
      [1, 'end'],
    ]);
    expect(moved(seen)).toEqual({ 'cluster.counted.upstream_cx_max_requests': 2 });
  });
});

describe('TCP connections', () => {
  for (const [title, listener, counter, flags] of [
    ['idle_timeout of a TCP proxy ends a connection without bytes, without a flag', 'bytes', 'idle_timeout', '-'],
    [
      'max_downstream_connection_duration ends a TCP connection: DT',
      'bytes-age',
      'max_downstream_connection_duration',
      'DT',
    ],
  ] as const) {
    test(title, async ({ downstream, upstreams: { bytes } }) => {
      await bytes.plays([{ until: 'hello' }, { send: 'hi' }, { untilEnd: true }]);
      const seen = await downstream.dial(to(listener), { steps: [{ send: 'hello' }, { until: 'hi' }] });
      expect([seen.reply.outcome, seen.reply.body]).toEqual(['closed', 'hi']);
      expect(seen.streams).toEqual([expect.objectContaining({ bytes: 5, ended: 'end' })]);
      expect(seen.accessLog).toEqual([expect.objectContaining({ response_flags: flags, bytes_sent: 2 })]);
      expect(moved(seen)).toEqual(counted(`tcp.${listener}`, counter));
    });
  }

  test('max_connect_attempts 2 of a TCP proxy: two connections reach connect_timeout, UF,URX', async ({
    downstream,
  }) => {
    const seen = await downstream.dial(to('bytes-dropped'));
    expect(seen.reply.body).toBe('');
    expect(seen.accessLog).toEqual([expect.objectContaining({ response_flags: 'UF,URX', bytes_sent: 0 })]);
    expect(moved(seen)).toEqual({
      'cluster.dropped.upstream_cx_connect_attempts_exceeded': 1,
      'cluster.dropped.upstream_cx_connect_fail': 2,
      'cluster.dropped.upstream_cx_connect_timeout': 2,
    });
  });
});
