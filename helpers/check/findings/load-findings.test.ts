import { expect, test } from 'vitest';
import type { Inventory } from '../../envoy/stats-inventory.ts';
import type { Loaded } from '../load/loaded.ts';
import type { LoadResult } from '../report.ts';
import { loadFindings } from './load-findings.ts';

const CONFIG = { name: 'envoy.yaml' };
const NONE: Inventory = { stats: { counter: {}, gauge: {}, histogram: {}, 'text readout': {} }, series: {} };

function loaded(envoy: string, result: Partial<LoadResult> = {}, more: Partial<Loaded> = {}): Loaded {
  const build = { version: envoy, commit: '', fullVersion: '', image: '', source: 'release binary' } as const;
  return {
    result: { envoy, build, outcome: 'live', ms: 1, ...result },
    ...{ log: [], deprecations: [], removedGuards: [], guardsSet: {}, guards: [], inventory: NONE },
    ...more,
  };
}

const brief = (a: Loaded, b: Loaded): string[] =>
  loadFindings(a, b, CONFIG).map(({ level, place, what, count }) => `${level} | ${place} | ${what} | ${count}`);

test('equal loads have no finding', () => {
  expect(loadFindings(loaded('1.36.4'), loaded('1.37.0'), CONFIG)).toEqual([]);
});

test('a config that one version refuses is a finding with its field and line', () => {
  const refused = { outcome: 'refused', why: 'no such field', field: 'admin.x', line: 3 } as const;
  expect(loadFindings(loaded('1.36.4'), loaded('1.37.0', refused), CONFIG)).toEqual([
    {
      ...{
        code: expect.stringMatching(/^refused-[0-9a-f]{6}$/),
        level: 'refused',
        place: 'admin.x',
        line: 3,
        count: 1,
      },
      what: '1.36.4 takes the config, 1.37.0 refuses the config: no such field',
      ...{ a: 'live', b: 'refused: no such field' },
    },
  ]);
  expect(brief(loaded('1.36.4', refused), loaded('1.37.0'))).toEqual([
    'refused | admin.x | 1.36.4 refuses the config, 1.37.0 takes the config: no such field | 1',
  ]);
});

test('a config that no version takes is no finding, but a crash of both is', () => {
  const refused = { outcome: 'refused', why: 'bad' } as const;
  const crashed = { outcome: 'crashed', why: 'SIGSEGV' } as const;
  expect(brief(loaded('1.36.4', refused), loaded('1.37.0', refused))).toEqual([]);
  expect(brief(loaded('1.36.4', crashed), loaded('1.37.0', crashed))).toEqual([
    'crash | envoy.yaml | both versions crash with the config: SIGSEGV | 1',
  ]);
  expect(brief(loaded('1.36.4', refused), loaded('1.37.0', { outcome: 'never live', why: 'waits' }))).toEqual([
    'never-live | envoy.yaml | 1.36.4 refuses the config, 1.37.0 does not become live: waits | 1',
  ]);
});

test('deprecations, removed guards and warnings of B alone are findings', () => {
  const log = (level: 'warning' | 'error', text: string) => ({ level, component: 'config', kind: text, text });
  const a = loaded('1.36.4', {}, { log: [log('warning', 'old')], deprecations: [{ field: 'a.B.c', lines: [1] }] });
  const b = loaded(
    '1.40.0',
    {},
    {
      log: [
        log('warning', 'new'),
        log('error', 'Using a removed guard envoy.reloadable_features.x. In'),
        log('warning', "Deprecated field: type a.B Using deprecated option 'a.B.d' from file b.proto."),
      ],
      deprecations: [
        { field: 'a.B.c', lines: [1] },
        { field: 'a.B.d', lines: [7, 9] },
      ],
      guardsSet: { 'envoy.reloadable_features.x': false },
      removedGuards: [{ name: 'envoy.reloadable_features.x', line: 4 }],
    },
  );
  expect(brief(a, b)).toEqual([
    'deprecation | a.B.d | the field B.d is deprecated | 2',
    'deprecation | envoy.reloadable_features.x | the runtime guard envoy.reloadable_features.x is removed: the config sets it without effect, and later versions refuse it | 1',
    'deprecation | Envoy’s log, config | new warning: new | 1',
    'log | Envoy’s log, config | warning no longer occurs: old | 1',
  ]);
  expect(loadFindings(a, b, CONFIG).map(({ line }) => line)).toEqual([7, 4, undefined, undefined]);
});

test('an Envoy that waits for a control plane has read the guards of its bootstrap', () => {
  const waits = { outcome: 'never live', why: 'it waits' } as const;
  const b = loaded('1.37.0', waits, { removedGuards: [{ name: 'envoy.reloadable_features.x' }] });
  expect(brief(loaded('1.36.4', waits), b).map((line) => line.split(' | ', 2).join(' '))).toEqual([
    'deprecation envoy.reloadable_features.x',
  ]);
});

test('series that get a label in place of a part of their names are renamed', () => {
  const a = loaded(
    '1.36.4',
    {},
    {
      inventory: { ...NONE, series: { counter: { '': 'sds_server_update_success sds_server_update_failure other' } } },
    },
  );
  const b = loaded(
    '1.37.0',
    {},
    {
      inventory: {
        ...NONE,
        series: { counter: { '': 'other', envoy_xds_resource_name: 'sds_update_success sds_update_failure' } },
      },
    },
  );
  expect(brief(a, b)).toEqual([
    'metric | Prometheus series envoy_sds_server_* | 2 Prometheus series are renamed: envoy_sds_server_update_success → envoy_sds_update_success{envoy_xds_resource_name} | 2',
  ]);
});

test('removed names are findings with their known change, new ones are counted', () => {
  const a = loaded(
    '1.37.0',
    {},
    {
      inventory: {
        stats: {
          ...NONE.stats,
          counter: {
            tcmalloc: 'released_by_timer',
            'cluster.*': 'gone kept',
            'cluster.*.ssl': 'was_key_usage_invalid',
          },
        },
        series: {
          counter: { '': 'tcmalloc_released_by_timer', envoy_cluster_name: 'cluster_gone cluster_kept', x: 'labelled' },
          gauge: { '': 'typed' },
        },
      },
    },
  );
  const b = loaded(
    '1.39.0',
    {},
    {
      inventory: {
        stats: { ...NONE.stats, counter: { 'cluster.*': 'kept fresh' } },
        series: { counter: { envoy_cluster_name: 'cluster_kept cluster_fresh', 'x,y': 'labelled', '': 'typed' } },
      },
    },
  );
  expect(brief(a, b)).toEqual([
    'metric | Prometheus series envoy_labelled | the Prometheus series envoy_labelled has other labels: envoy_labelled{x} → envoy_labelled{x,y} | 1',
    'metric | Prometheus series envoy_typed | the Prometheus series envoy_typed is a counter, not a gauge | 1',
    'metric | stat cluster.*.gone | the stat cluster.*.gone is removed | 1',
    'metric | stat cluster.*.ssl.was_key_usage_invalid | the stat cluster.*.ssl.was_key_usage_invalid is removed | 1',
    'added | stats and Prometheus series | 1 name of stats and Prometheus series is new | 1',
  ]);
  const causes = loadFindings(a, b, CONFIG).flatMap(({ place, cause }) => (cause ? [[place, cause.kind]] : []));
  expect(causes).toEqual([['stat cluster.*.ssl.was_key_usage_invalid', 'known change']]);
});
