import { expect, test } from 'vitest';
import { costOf } from '../../helpers/bench/costs.ts';
import { spreadOf } from '../../helpers/bench/spread.ts';
import { sampleEnvoy } from '../../helpers/record/sample.ts';
import { describeBench } from './describe.ts';
import type { Bench } from './measure.ts';

const { build, machine: sample } = sampleEnvoy([]);
if (!build || !sample) throw new Error('a sample Envoy has been met on a machine');
const { sandbox: _, ...machine } = sample;

/** The cost of several samples: half of the CPU time is the harness's. */
function cost(...values: [wallMs: number, cpuMs: number][]) {
  return costOf(
    values.map(([wallMs, total]) => {
      const cpu = { total, harness: total / 2, engine: total / 10, containers: total * 0.4 };
      return { wallMs, cpu };
    }),
  );
}

const nothing: Bench = {
  ...{ started: '2026-11-28T20:05:00.000Z', commit: 'f1e2d3c4b5a6978877665544332211ffeeddccbb', machine, cores: 2 },
  ...{ load: 0.12, runs: 2, labs: [], wholeRuns: [], chapters: [] },
};

const size = { chapters: 20, claims: 395 };

test('the results name the command, date, commit, machine and load', () => {
  const text = describeBench({ ...nothing, envoy: build }, 'bigbook bench --runs 2');
  expect(text).toMatch(
    /^`bigbook bench --runs 2`\n\n2026-11-28; commit f1e2d3c4b5a6; Linux .*, 2 cores; Envoy 1\.40\.0 /,
  );
  expect(text).toContain('; load 0.1 in the minute before. Medians of 2 runs, least and most in brackets.');
  expect(text).not.toContain('sandbox namespaces');
  expect(describeBench({ ...nothing, changed: true }, 'x')).toContain('commit f1e2d3c4b5a6 with changes;');
});

test('each run has a row, and its ratios', () => {
  const wholeRuns = [
    { sandbox: 'namespaces' as const, ...size, cost: cost([20_000, 40_000], [22_000, 44_000]) },
    { sandbox: 'containers' as const, ...size, cost: cost([42_000, 84_000]) },
    { revision: '412ab875b576718caedb435c7d088f1adf186eb1', ...size, cost: cost([84_000, 126_000]) },
  ];
  expect(describeBench({ ...nothing, wholeRuns }, 'x')).toContain(`
| run | size | wall time | CPU time | harness | engine | containers |
| --- | --- | --- | --- | --- | --- | --- |
| namespaces | 20 chapters, 395 claims | 21.0 s (20.0 s – 22.0 s) | 42.0 s (40.0 s – 44.0 s) | 21.0 s | 4.2 s | 16.8 s |
| containers | 20 chapters, 395 claims | 42.0 s | 84.0 s | 42.0 s | 8.4 s | 33.6 s |
| 412ab875 | 20 chapters, 395 claims | 84.0 s | 126.0 s | 63.0 s | 12.6 s | 50.4 s |
| containers : namespaces |  | 2.00 × | 2.00 × |  |  |  |
| 412ab875 : namespaces |  | 4.00 × | 3.00 × |  |  |  |
| 412ab875 : containers |  | 2.00 × | 1.50 × |  |  |  |
`);
});

test('a revision with both sandboxes is compared with each of them', () => {
  const revision = '412ab875b576718caedb435c7d088f1adf186eb1';
  const wholeRuns = (['namespaces', 'containers'] as const).flatMap((sandbox, at) => [
    { sandbox, ...size, cost: cost([10_000 * (at + 1), 10_000]) },
    { revision, sandbox, ...size, cost: cost([30_000 * (at + 1), 10_000]) },
  ]);
  const text = describeBench({ ...nothing, wholeRuns }, 'x');
  expect(text).toContain('| 412ab875, namespaces : namespaces |  | 3.00 × | 1.00 × |');
  expect(text).toContain('| 412ab875, containers : containers |  | 3.00 × | 1.00 × |');
  expect(text).not.toContain('412ab875, containers : namespaces');
});

test('parts of a lab stand beside their baseline and the other sandbox', () => {
  const part = { topology: 'router' as const, part: 'start' as const };
  const labs = [
    { ...part, sandbox: 'namespaces' as const, cost: cost([200, 300]) },
    { ...part, sandbox: 'containers' as const, cost: cost([800, 900]), baseline: spreadOf([400]), ratio: 2 },
  ];
  expect(describeBench({ ...nothing, labs }, 'x')).toContain(`
| router: start to first response | namespaces | 200 ms | 300 ms | 150 ms | 30 ms | 120 ms |  |  |
| router: start to first response | containers | 800 ms | 900 ms | 450 ms | 90 ms | 360 ms | 400 ms | 2.00 × |
|  | containers : namespaces | 4.00 × | 3.00 × |  |  |  |  |  |
`);
});

test('a chapter has a row for each sandbox, and its ratio', () => {
  const chapters = (['namespaces', 'containers'] as const).map((sandbox, at) => ({
    ...{ slug: 'tcp-proxy', claims: 16, sandbox },
    cost: cost([3_000 * (at + 1), 5_000]),
  }));
  expect(describeBench({ ...nothing, chapters }, 'x')).toContain(`
| tcp-proxy, 16 claims | namespaces | 3.0 s | 5.0 s | 2.5 s | 0.5 s | 2.0 s |
| tcp-proxy, 16 claims | containers | 6.0 s | 5.0 s | 2.5 s | 0.5 s | 2.0 s |
|  | containers : namespaces | 2.00 × | 1.00 × |  |  |  |
`);
});

test('a CPU time that is not available is no 0, and its reason is named', () => {
  const wholeRuns = [
    { sandbox: 'containers' as const, ...size, cost: costOf([{ wallMs: 5_000, cpu: { harness: 2_000 } }]) },
    { revision: '412ab875b57', ...size, cost: costOf([{ wallMs: 10_000, cpu: { harness: 2_000 } }]) },
  ];
  const text = describeBench({ ...nothing, wholeRuns, cpuNotAvailable: 'not measured for Podman' }, 'x');
  expect(text).toContain('The CPU time of the engine and of containers is not available: not measured for Podman.');
  expect(text).toContain('| 5.0 s | not available | 2.0 s | not available | not available |');
  expect(text).toContain('| 412ab875 : containers |  | 2.00 × |  |  |  |  |');
});
