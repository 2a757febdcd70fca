import { expect, test } from 'vitest';
import { moved, movesByChance, parseStats, tcpConnections, tellsEnd } from './stats.ts';

test('counters are read by name, and texts and histograms passed over', () => {
  expect(
    parseStats('http.ingress.rq_total: 3\nserver.version_text: "1.40.0"\ncluster.x.upstream_rq_time: P0(nan,1)\n'),
  ).toEqual({ 'http.ingress.rq_total': 3 });
});

test('what moved is told by how much, in the order of names', () => {
  const before = { 'http.ingress.b': 1, 'http.ingress.same': 5 };
  const after = { 'http.ingress.b': 3, 'http.ingress.same': 5, 'cluster.x.upstream_rq_total': 2 };
  expect(Object.entries(moved(before, after))).toEqual([
    ['cluster.x.upstream_rq_total', 2],
    ['http.ingress.b', 2],
  ]);
});

test('what time or the snapshot itself moves is left out', () => {
  const after = {
    'http.admin.downstream_rq_total': 1,
    'listener.admin.downstream_cx_total': 1,
    'server.dynamic_unknown_fields': 1,
    'cluster.x.update_attempt': 1,
    'cluster.x.default.total_match_count': 1,
    'listener_manager.listener_added': 1,
    'filesystem.write_completed': 1,
    'tcp.ingress.upstream_flush_total': 1,
    'cluster.x.upstream_flow_control_backed_up_total': 1,
  };
  expect(moved({}, after)).toEqual({});
});

test('connections of TCP proxies are added up, whatever their prefix', () => {
  const stats = { 'tcp.ingress.downstream_cx_total': 2, 'tcp.bytes.downstream_cx_total': 1, 'http.ingress.x': 9 };
  expect(tcpConnections(stats)).toBe(3);
  expect(tcpConnections({})).toBe(0);
});

test('bytes, and the ends of connections that an earlier exchange left, are chance', () => {
  expect(movesByChance('http.ingress.downstream_cx_tx_bytes_total', false)).toBe(true);
  expect(movesByChance('cluster.x.upstream_cx_destroy', false)).toBe(true);
  expect(movesByChance('cluster.x.upstream_cx_destroy_remote', false)).toBe(true);
  expect(movesByChance('cluster.x.upstream_cx_destroy_with_active_rq', false)).toBe(false);
});

test('new upstream connections are chance while requests run side by side, their answers are not', () => {
  expect(movesByChance('cluster.x.upstream_cx_total', false)).toBe(false);
  expect(movesByChance('cluster.x.upstream_cx_total', true)).toBe(true);
  expect(movesByChance('cluster.x.upstream_rq_pending_total', true)).toBe(true);
  expect(movesByChance('cluster.x.upstream_rq_200', true)).toBe(false);
});

test('counters of which end went first are told from those of how many there were', () => {
  const counters = [
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_destroy_remote_active_rq',
    'http.ingress.downstream_cx_destroy_active_rq',
    'http.ingress.downstream_rq_rx_reset',
    'http.ingress.downstream_cx_upgrades_total',
    'cluster.c.upstream_cx_destroy_with_active_rq',
  ];
  expect(counters.filter((counter) => !tellsEnd(counter))).toEqual([
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_upgrades_total',
  ]);
});
