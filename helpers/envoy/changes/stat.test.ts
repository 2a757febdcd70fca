import { expect, test } from 'vitest';
import type { Change } from './change.ts';
import { STAT_CHANGES } from './stat.ts';

test.each([
  ['inventory.stats.cluster.*.upstream_rq_active_overflow', 'activeRequestOverflow'],
  ['inventory.series.cluster_upstream_rq_active_overflow{envoy_cluster_name}', 'activeRequestOverflow'],
  ['inventory.series.http_local_rate_limit_shadow_mode{envoy_local_http_ratelimit_prefix}', 'localRateLimitShadowMode'],
  ['inventory.stats.limit.http_local_rate_limit.shadow_mode', 'localRateLimitShadowMode'],
  ['inventory.stats.http.*.rq_total', 'tcpProxyRouterCounters'],
  ['inventory.stats.tcp.*.downstream_cx_drain_close', 'tcpProxyCounters'],
  ['inventory.stats.http.*.downstream_cx_drain_close', undefined],
  ['stats.cluster.blue.upstream_rq_active_overflow', undefined],
])('%s is of the change %s, also where no claim declares it', (path, change) => {
  const found = Object.entries<Change>(STAT_CHANGES).filter(([, { shows }]) =>
    shows.some((sign) => !sign.declared && sign.path.test(path)),
  );
  expect(found.map(([key]) => key)).toEqual(change === undefined ? [] : [change]);
});
