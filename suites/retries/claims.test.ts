import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionRefusedBody } from '../../helpers/envoy/local-replies.ts';
import type { Script } from '../../helpers/exchange/script.ts';
import { claims } from '../shared/timeouts/claims.ts';
import { counted, logged, moved, ofUpstream } from '../shared/timeouts/observed.ts';
import { answer, PART } from '../shared/timeouts/scripts.ts';
import { LISTENERS, retries } from './scenario.ts';

const test = chapter(retries);

const RESET: Script = [{ reset: true }];
const retried = (times = 1) => ({
  'cluster.upstream.upstream_rq_retry': times,
  'cluster.upstream.upstream_rq_retry_backoff_exponential': times,
});
const succeeded = (times = 1) => ({ ...retried(times), ...ofUpstream('upstream_rq_retry_success') });
const exhausted = (times = 1) => ({ ...retried(times), ...ofUpstream('upstream_rq_retry_limit_exceeded') });

describe('responses', () => {
  claims(test, LISTENERS, [
    {
      title: 'retry_on 5xx, responses 503 and 500, then 200: the third try gets 200',
      ...{ path: '/retried/5xx', upstream: [answer(503), answer(500), answer(200)], attempts: ['1', '2', '3'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded(2) },
    },
    {
      title: 'after num_retries retries, the last response goes to the downstream: 503 URX',
      ...{ path: '/retried/5xx', upstream: [answer(503)], attempts: ['1', '2', '3'] },
      ...{ reply: [503, '503'], log: [503, 'URX', 'via_upstream'], counters: exhausted(2) },
    },
    {
      title: 'retry_on 5xx does not retry a 404',
      ...{ path: '/retried/5xx', upstream: [answer(404), answer(200)], attempts: ['1'] },
      ...{ reply: [404, '404'], log: [404, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retry_on 5xx does not retry a response with x-envoy-ratelimited',
      ...{ path: '/retried/5xx', upstream: [answer(503, [['x-envoy-ratelimited', 'true']]), answer(200)] },
      ...{ attempts: ['1'], reply: [503, '503'], log: [503, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retry_on 5xx retries a response with x-envoy-overloaded',
      ...{ path: '/retried/5xx', upstream: [answer(503, [['x-envoy-overloaded', 'true']]), answer(200)] },
      ...{ attempts: ['1', '2'], reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on gateway-error retries a 502',
      ...{ path: '/retried/gateway-error', upstream: [answer(502), answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on gateway-error does not retry a 500',
      ...{ path: '/retried/gateway-error', upstream: [answer(500), answer(200)], attempts: ['1'] },
      ...{ reply: [500, '500'], log: [500, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retriable_status_codes 404: a 404 is retried',
      ...{ path: '/retried/status', upstream: [answer(404), answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retriable_status_codes 404: a 500 is not retried',
      ...{ path: '/retried/status', upstream: [answer(500), answer(200)], attempts: ['1'] },
      ...{ reply: [500, '500'], log: [500, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'retriable_headers: a 200 with the header is retried',
      ...{ path: '/retried/headers', upstream: [answer(200, [['x-again', '1']]), answer(201)], attempts: ['1', '2'] },
      ...{ reply: [201, '201'], log: [201, '-', 'via_upstream'], counters: succeeded() },
    },
  ]);
});

describe('resets and refused connections', () => {
  claims(test, LISTENERS, [
    {
      title: 'retry_on 5xx retries a connection that the upstream resets before a response',
      ...{ path: '/retried/5xx', upstream: [RESET, answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'retry_on reset retries a connection that the upstream resets before a response',
      ...{ path: '/retried/reset', upstream: [RESET, answer(200)], attempts: ['1', '2'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
    {
      title: 'two tries whose connections the upstream resets: 503 URX,UC connection_termination',
      ...{ path: '/retried/reset', upstream: [RESET], attempts: ['1', '2'] },
      reply: [503, expect.stringContaining('retried and the latest reset reason: connection termination')],
      log: [503, 'URX,UC', 'upstream_reset_before_response_started{connection_termination}'],
      counters: exhausted(),
    },
    {
      title: 'retry_on reset does not retry a 503 response',
      ...{ path: '/retried/reset', upstream: [answer(503), answer(200)], attempts: ['1'] },
      ...{ reply: [503, '503'], log: [503, '-', 'via_upstream'], counters: {} },
    },
    {
      title: 'a reset within a response body is not retried: 200 UPE, with the part that arrived',
      ...{ path: '/retried/reset', upstream: [[...PART.slice(0, 1), { reset: true }], answer(200)], attempts: ['1'] },
      ...{
        reply: [200, 'abc'],
        log: [200, 'UPE', 'upstream_reset_after_response_started{protocol_error}'],
        counters: {},
      },
    },
  ]);

  test(
    'retry_on connect-failure retries a refused connection: 503 URX,UF, with the reason in the body before 1.38.1',
    differs(CHANGES.hideTransportFailureReason),
    async ({ lab, downstream, since }) => {
      const seen = await downstream.get(`${lab.envoyUrl}/retried/refused`);
      expect(seen.reply.outcome).toBe(503);
      const body = connectionRefusedBody(since(CHANGES.hideTransportFailureReason));
      expect(seen.reply.body).toBe(body.replace('reset reason', 'retried and the latest reset reason'));
      expect(logged(seen)).toEqual([
        [
          ...[503, 'URX,UF'],
          'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
        ],
      ]);
      expect(moved(seen)).toEqual({
        ...counted('cluster.refused', 'upstream_rq_retry', 'upstream_rq_retry_backoff_exponential'),
        ...counted('cluster.refused', 'upstream_rq_retry_limit_exceeded'),
        'cluster.refused.upstream_cx_connect_fail': 2,
      });
      expect(seen.accessLog).toEqual([expect.objectContaining({ upstream_host: expect.stringMatching(/:5002$/) })]);
    },
  );
});

describe('requests', () => {
  claims(test, LISTENERS, [
    {
      title: 'x-envoy-retry-on and x-envoy-max-retries of an internal request: the third try gets 200',
      ...{ listener: 'internal', path: '/unlimited/', headers: 'x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 2\r\n' },
      ...{ upstream: [answer(503), answer(503), answer(200)], attempts: ['1', '2', '3'] },
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded(2) },
    },
    {
      title: 'x-envoy-retriable-status-codes of an internal request names a status that is retried',
      ...{ listener: 'internal', path: '/unlimited/', upstream: [answer(409), answer(200)], attempts: ['1', '2'] },
      headers: 'x-envoy-retry-on: retriable-status-codes\r\nx-envoy-retriable-status-codes: 409\r\n',
      ...{ reply: [200, '200'], log: [200, '-', 'via_upstream'], counters: succeeded() },
    },
  ]);

  test.for([
    ['a retried POST carries its body again', '/retried/5xx', 'twelve bytes', [200, 2], succeeded()],
    [
      'a body one byte longer than per_request_buffer_limit_bytes is not retried: retry_or_shadow_abandoned',
      ...(['/retried/small-buffer', '9 bytes..', [503, 1], ofUpstream('retry_or_shadow_abandoned')] as const),
    ],
    [
      'a body exactly as long as per_request_buffer_limit_bytes is retried',
      ...(['/retried/small-buffer', '8 bytes.', [200, 2], succeeded()] as const),
    ],
  ] as const)('%s', async ([, path, body, expected, counters], { lab, downstream, upstreams: { upstream } }) => {
    const script = (status: number): Script => [{ until: body }, ...answer(status)];
    await upstream.answers({ [path]: [script(503), script(200)] });
    const seen = await downstream.post(`${lab.envoyUrl}${path}`, { body });
    expect([seen.reply.outcome, seen.received.length]).toEqual(expected);
    expect(moved(seen)).toEqual(counters);
  });
});
