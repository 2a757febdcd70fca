import { expect, test } from 'vitest';
import { costOf, ratioOf } from './costs.ts';

const split = (total: number) => ({ harness: total - 3, engine: 1, containers: 2, total });

test('samples are summarized by their medians, each part of the CPU time apart', () => {
  const { wall, cpu } = costOf([
    { wallMs: 30, cpu: split(10) },
    { wallMs: 10, cpu: split(30) },
    { wallMs: 20, cpu: split(20) },
  ]);
  expect(wall).toEqual({ count: 3, median: 20, min: 10, max: 30 });
  expect(cpu.total).toEqual({ count: 3, median: 20, min: 10, max: 30 });
  expect(cpu.harness?.median).toBe(17);
  expect(cpu.engine?.median).toBe(1);
});

test('CPU times that no sample has are absent', () => {
  expect(costOf([{ wallMs: 5, cpu: { harness: 2 } }]).cpu).toEqual({
    harness: { count: 1, median: 2, min: 2, max: 2 },
  });
  expect(() => costOf([])).toThrow('there is no median of no values');
});

test('two costs are compared by their medians, CPU times only where both have them', () => {
  const cost = costOf([{ wallMs: 30, cpu: split(20) }]);
  expect(ratioOf(cost, costOf([{ wallMs: 10, cpu: split(40) }]))).toEqual({ wall: 3, cpu: 0.5 });
  expect(ratioOf(cost, costOf([{ wallMs: 10, cpu: {} }]))).toEqual({ wall: 3 });
});
