import { expect, test } from 'vitest';
import { compareRecords } from '../../helpers/compare/compare.ts';
import { emptyObservation } from '../../helpers/exchange/observation.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { explainByGuards } from './guard-search.ts';

const GUARDS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** An Envoy whose counters depend on its guards. */
type Envoy = (guards: Record<string, boolean>) => Record<string, number>;

function recordOf(name: string, stats: Record<string, number>): EnvoyRecord {
  const observations = [{ ...emptyObservation('GET'), stats }];
  const claims = [{ title: 'claim', outcome: 'passed' as const, durationMs: 1, observations }];
  const build = { version: '1.0.0', commit: '', fullVersion: '', image: name, source: 'given image' as const };
  return { name, build, chapters: [{ slug: 's', title: 's', requirement: '', topology: '', claims }] };
}

/** The causes of the differences between an old Envoy, whose counters are 0, and a new one. */
async function causesIn(envoy: Envoy): Promise<{ causes: unknown[]; runs: number; variants: Variant[] }> {
  const b = envoy({});
  const a = recordOf('old', Object.fromEntries(Object.keys(b).map((name) => [name, 0])));
  const variants: Variant[] = [];
  const findings = await explainByGuards(compareRecords(a, recordOf('new', b), []), { name: 'new' }, () => undefined, {
    guardsOf: async (image) => (image === 'old' ? ['old'] : ['old', ...GUARDS]),
    run: async (chosen) => {
      variants.push(...chosen);
      return chosen.map(({ name, guards = {} }) => recordOf(name, envoy(guards)));
    },
  });
  return { causes: [...(findings?.causes.values() ?? [])], runs: findings?.runs ?? 0, variants };
}

test.each(GUARDS)('the guard %s is found where B without it is as A, in twelve runs', async (guard) => {
  const { causes, runs } = await causesIn((guards) => ({ x: guards[guard] === false ? 0 : 1 }));
  expect(causes).toEqual([{ kind: 'guard', guard, value: false }]);
  expect(runs).toBe(12);
});

test('a guard that is off by default is found', async () => {
  const { causes } = await causesIn((guards) => ({ x: guards.c === true ? 0 : 1 }));
  expect(causes).toEqual([{ kind: 'guard', guard: 'c', value: true }]);
});

test('differences with causes of their own are found in the same runs', async () => {
  const { causes, runs } = await causesIn((guards) => ({
    u: guards.a === false ? 0 : 1,
    v: guards.e === false ? 0 : 3,
    w: guards.a === false && guards.b === false ? 0 : 5,
    x: 7,
  }));
  expect(causes).toEqual([
    { kind: 'guard', guard: 'a', value: false },
    { kind: 'guard', guard: 'e', value: false },
    { kind: 'several guards' },
    { kind: 'no guard' },
  ]);
  expect(runs).toBe(2 + 6 + 6);
});

test('a guard without which B is as A in some runs only is unsteady', async () => {
  let run = 0;
  const { causes } = await causesIn((guards) => ({ x: guards.b === false && ++run < 5 ? 0 : 1 }));
  expect(causes).toMatchObject([{ kind: 'unsteady', guard: 'b' }]);
});

test('guards that A has too are not set', async () => {
  const { variants } = await causesIn(() => ({ x: 1 }));
  expect(variants.map(({ guards }) => guards)).toEqual(
    [false, true].map((value) => Object.fromEntries(GUARDS.map((guard) => [guard, value]))),
  );
});
