import { expect, test } from 'vitest';
import { emptyObservation } from '../exchange/observation.ts';
import { dumpOf, ingress } from './requests/sample-dump.ts';
import { STEADY, steadied, unsteadyIn, withoutEarlyEnd } from './steady.ts';

const lb = (address: string) => ({ endpoint: { address: { socket_address: { address, port_value: 80 } } } });

const DUMP = {
  ...dumpOf([
    ingress([
      {
        name: 'api',
        domains: ['*'],
        routes: [
          { match: { prefix: '/' }, route: { weighted_clusters: { clusters: [{ weight: 1 }, { weight: 9 }] } } },
        ],
      },
    ]),
  ]),
  clusters: [
    { name: 'one', load_assignment: { cluster_name: 'one', endpoints: [{ lb_endpoints: [lb('10.0.0.1')] }] } },
    {
      name: 'two',
      health_checks: [{}],
      load_assignment: { cluster_name: 'two', endpoints: [{ lb_endpoints: [lb('10.0.0.1'), lb('10.0.0.2')] }] },
    },
  ],
};

test('several endpoints, weights and health checks make observations vary', () => {
  expect(unsteadyIn(DUMP)).toEqual({
    clusters: new Set(['two']),
    choosesAtRandom: true,
    remembersFailures: true,
    background: new Set(),
  });
  expect(unsteadyIn(dumpOf([]))).toEqual(STEADY);
});

test('endpoints, health checks, ids of traces and durations in logs are masked, and pools are not counted', () => {
  const request = {
    servedBy: 'two',
    method: 'GET',
    path: '/',
    httpVersion: '1.1',
    local: 'a',
    remote: 'b',
    requests: 1,
  };
  const steady = steadied(
    {
      ...emptyObservation('GET'),
      received: [
        { ...request, headers: [['traceparent', '00-1-2-01']] },
        { ...request, headers: [['user-agent', 'Envoy/HC']] },
      ],
      accessLog: [{ upstream_cluster: 'two', upstream_host: '10.0.0.2:80', response_code: 200 }],
      ownLog: [
        { to: 'stdout', line: 'GET 200 17 ms' },
        { to: 'stdout', line: { time_taken: 12, code: 200 } },
      ],
      stats: {
        'cluster.two.upstream_cx_total': 1,
        'cluster.two.upstream_rq_total': 1,
        'cluster.two.health_check.attempt': 1,
        'http.ingress.downstream_rq_total': 1,
      },
    },
    unsteadyIn(DUMP),
    19_000,
  );
  expect(steady.received).toEqual([{ ...request, local: '<endpoint>', headers: [['traceparent', '<random>']] }]);
  expect(steady.accessLog).toEqual([{ upstream_cluster: 'two', upstream_host: '<endpoint>', response_code: 200 }]);
  expect(steady.ownLog).toEqual([
    { to: 'stdout', line: 'GET 200 <n> ms' },
    { to: 'stdout', line: { time_taken: '<time>', code: 200 } },
  ]);
  expect(steady.stats).toEqual({ 'cluster.two.upstream_rq_total': 1, 'http.ingress.downstream_rq_total': 1 });
});

test('pages of the admin interface and the order in which ends close are left out', () => {
  const steady = steadied(
    {
      ...emptyObservation('GET'),
      replies: [
        { status: 200, headers: [['content-length', '5']], body: 'times', local: 'a', remote: 'b' },
        { headers: [], body: '', ended: { code: 'ECONNRESET', message: 'read ECONNRESET' } },
      ],
      accessLog: [{ upstream_host: '127.0.0.1:19000', bytes_sent: 5 }],
    },
    STEADY,
    19_000,
  );
  expect(steady.replies).toEqual([
    { status: 200, headers: [], body: '<admin page>' },
    { headers: [], body: '<admin page>', ended: { code: 'closed', message: '' } },
  ]);
  expect(steady.accessLog).toEqual([{ upstream_host: '127.0.0.1:19000', bytes_sent: '<bytes>' }]);
});

test('an answer of Envoy itself to a long body does not say how much of the body has arrived', () => {
  const { replies, accessLog, stats } = withoutEarlyEnd({
    ...emptyObservation('POST'),
    replies: [{ status: 503, headers: [['connection', 'close']], body: '' }],
    accessLog: [{ response_code: 503, bytes_received: 78_133 }],
    stats: { 'http.ingress.downstream_rq_rx_reset': 1, 'http.ingress.downstream_rq_5xx': 1 },
  });
  expect(replies).toEqual([{ status: 503, headers: [], body: '' }]);
  expect(accessLog).toEqual([{ response_code: 503, bytes_received: '<bytes>' }]);
  expect(stats).toEqual({ 'http.ingress.downstream_rq_5xx': 1 });
});
