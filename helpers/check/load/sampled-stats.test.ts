import { expect, test } from 'vitest';
import { filtered, statsFilter } from './sampled-stats.ts';

test('of many clusters, one of each form is counted', () => {
  const clusters = Array.from({ length: 300 }, (_, at) => ({
    name: `a|${at}:b`,
    ...(at === 7 && { health_checks: [] }),
  }));
  expect(statsFilter(clusters.slice(0, 100))).toBeUndefined();
  const filter = new RegExp(statsFilter(clusters) ?? '');
  const names = [
    'cluster.a|0_b.x',
    'cluster.a|7_b.x',
    'cluster.a|1_b.x',
    'cluster_manager.x',
    'http.x',
    'control_plane.x',
  ];
  expect(names.filter((name) => filter.test(name))).toEqual(names.filter((name) => name !== 'cluster.a|1_b.x'));
  expect(filtered('/stats?type=Gauges', 'a|b')).toBe('/stats?type=Gauges&filter=a%7Cb');
  expect(filtered('/stats', undefined)).toBe('/stats');
});
