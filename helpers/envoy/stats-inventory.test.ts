import { expect, test } from 'vitest';
import { kindsOf, readInventory } from './stats-inventory.ts';

const PAGES: Record<string, string> = {
  '/stats?type=Counters':
    'cluster.blue.upstream_rq_total: 0\ncluster.green.upstream_rq_total: 3\nhttp.in.rq: 0\nlistener.0.0.0.0_80.a: 1\nlistener.[__]_80.a: 1\n',
  '/stats?type=Gauges': 'cluster.blue.upstream_rq_active: 0\nserver.live: 1\n',
  '/stats?type=Histograms': 'cluster.blue.upstream_rq_time: No recorded values\n',
  '/stats?type=TextReadouts': 'control_plane.identifier: ""\n',
  '/stats/prometheus': `# TYPE envoy_cluster_upstream_rq counter
envoy_cluster_upstream_rq{envoy_cluster_name="blue",envoy_response_code="200"} 1

# TYPE envoy_cluster_upstream_rq_time histogram
envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="blue",le="0.5"} 0
envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="blue"} 0
# TYPE envoy_server_live gauge
envoy_server_live{} 1
`,
};

const inventory = await readInventory((path) => Promise.resolve(PAGES[path] ?? ''));

test('stats are listed by kind, used or not, names of clusters, managers and listeners as *', () => {
  expect(inventory.stats).toEqual({
    counter: { 'cluster.*': 'upstream_rq_total', 'http.*': 'rq', 'listener.*': 'a' },
    gauge: { 'cluster.*': 'upstream_rq_active', server: 'live' },
    histogram: { 'cluster.*': 'upstream_rq_time' },
    'text readout': { control_plane: 'identifier' },
  });
});

test('series are listed by type and labels, a histogram once', () => {
  expect(inventory.series).toEqual({
    counter: { 'envoy_cluster_name,envoy_response_code': 'cluster_upstream_rq' },
    gauge: { '': 'server_live' },
    histogram: { envoy_cluster_name: 'cluster_upstream_rq_time' },
  });
});

test('each name has a kind', () => {
  expect(kindsOf(inventory, 'stats').get('cluster.*.upstream_rq_active')).toBe('gauge');
  expect([...kindsOf(inventory, 'series')]).toEqual([
    ['cluster_upstream_rq{envoy_cluster_name,envoy_response_code}', 'counter'],
    ['cluster_upstream_rq_time{envoy_cluster_name}', 'histogram'],
    ['server_live', 'gauge'],
  ]);
});
