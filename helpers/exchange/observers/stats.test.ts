import { expect, test } from 'vitest';
import { dependsOnEnd, dependsOnTiming, increments, parseStats, tcpConnections } from './stats.ts';

test('parseStats reads counters by name and skips texts and histograms', () => {
  expect(
    parseStats('http.ingress.rq_total: 3\nserver.version_text: "1.40.0"\ncluster.x.upstream_rq_time: P0(nan,1)\n'),
  ).toEqual({ 'http.ingress.rq_total': 3 });
});

test('increments are sorted by name', () => {
  const before = { 'http.ingress.b': 1, 'http.ingress.same': 5 };
  const after = { 'http.ingress.b': 3, 'http.ingress.same': 5, 'cluster.x.upstream_rq_total': 2 };
  expect(Object.entries(increments(before, after))).toEqual([
    ['cluster.x.upstream_rq_total', 2],
    ['http.ingress.b', 2],
  ]);
});

test('counters of codecs, listener filters and other filters, with any prefix, are increments', () => {
  const changed = {
    'cluster.x.http2.nghttp2_upstream_connections': 1,
    'counted.http_local_rate_limit.ok': 1,
    'http1.response_flood': 1,
    'http2.rx_reset': 1,
    'http_inspector.http11_found': 1,
    'limit.other': 1,
    'proxy_proto.not_found_allowed': 1,
    'server.envoy_bug_failures': 1,
    'tls_inspector.sni_found': 1,
  };
  expect(increments({}, changed)).toEqual(changed);
});

test('queries of a DNS cache are increments where a request has added a name', () => {
  const queries = { 'dns_cache.names.dns_query_attempt': 1, 'dns_cache.names.dns_query_success': 1 };
  const added = { 'dns_cache.names.host_added': 1 };
  expect(increments({}, { ...queries, ...added })).toEqual({ ...queries, ...added });
  expect(increments({}, { ...queries, 'dns_cache.others.host_added': 1 })).toEqual({
    'dns_cache.others.host_added': 1,
  });
});

test('counters that timers or the snapshot itself increment are left out', () => {
  const after = {
    'http.admin.downstream_rq_total': 1,
    'listener.admin.downstream_cx_total': 1,
    'server.worker_0.watchdog_miss': 1,
    'dns.cares.resolve_total': 1,
    'cluster_manager.cluster_updated': 1,
    'cluster.x.update_attempt': 1,
    'cluster.x.default.total_match_count': 1,
    'cluster.x.membership_change': 1,
    'filesystem.write_completed': 1,
    'tcp.ingress.upstream_flush_total': 1,
    'cluster.x.upstream_flow_control_backed_up_total': 1,
    'overload.envoy.resource_monitors.global_downstream_max_connections.failed_updates': 1,
  };
  expect(increments({}, after)).toEqual({});
});

test('connections of TCP proxies with any prefix are added up', () => {
  const stats = { 'tcp.ingress.downstream_cx_total': 2, 'tcp.bytes.downstream_cx_total': 1, 'http.ingress.x': 9 };
  expect(tcpConnections(stats)).toBe(3);
  expect(tcpConnections({})).toBe(0);
});

test('byte counters and ends of earlier connections depend on timing', () => {
  expect(dependsOnTiming('http.ingress.downstream_cx_tx_bytes_total', false)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_cx_destroy', false)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_cx_destroy_remote', false)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_cx_idle_timeout', false)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_cx_destroy_with_active_rq', false)).toBe(false);
});

test('new upstream connections of parallel requests depend on timing, their responses do not', () => {
  expect(dependsOnTiming('cluster.x.upstream_cx_total', false)).toBe(false);
  expect(dependsOnTiming('cluster.x.upstream_cx_total', true)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_rq_pending_total', true)).toBe(true);
  expect(dependsOnTiming('cluster.x.upstream_rq_200', true)).toBe(false);
});

test('counters of the end that closed first are distinguished from counters of connections', () => {
  const counters = [
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_destroy_remote_active_rq',
    'http.ingress.downstream_cx_destroy_active_rq',
    'http.ingress.downstream_rq_rx_reset',
    'http.ingress.downstream_cx_upgrades_total',
    'cluster.c.upstream_cx_destroy_with_active_rq',
  ];
  expect(counters.filter((counter) => !dependsOnEnd(counter))).toEqual([
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_upgrades_total',
  ]);
});
