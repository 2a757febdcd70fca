import { expect, test } from 'vitest';
import type { Inventory } from '../envoy/stats-inventory.ts';
import type { ChapterRecord } from '../record/record.ts';
import { differencesOf } from './differences.ts';
import { valueChanges } from './entries.ts';
import { inventoryDifferences } from './inventory-differences.ts';

function chapterWith(counters: string, gauges: string, log?: string[]): ChapterRecord {
  const stats = { counter: { 'cluster.*': counters }, gauge: { '': gauges }, histogram: {}, 'text readout': {} };
  const inventory: Inventory = { stats, series: { counter: { '': counters } } };
  return { slug: 's', title: 's', requirement: '', topology: '', claims: [], inventory, ...(log && { log }) };
}
const record = (chapter: ChapterRecord) => ({ name: 'a', chapters: [chapter] });

test('names that are new, gone or of another kind are differences with paths of their own', () => {
  expect(inventoryDifferences(chapterWith('x y', 'g'), chapterWith('x z', 'h'))).toEqual([
    { path: 'inventory.stats.cluster.*.y', a: 'counter' },
    { path: 'inventory.stats.g', a: 'gauge' },
    { path: 'inventory.stats.cluster.*.z', b: 'counter' },
    { path: 'inventory.stats.h', b: 'gauge' },
    { path: 'inventory.series.y', a: 'counter' },
    { path: 'inventory.series.z', b: 'counter' },
  ]);
});

test('names that changed in the same way are one line', () => {
  const differences = differencesOf(record(chapterWith('x y', 'g')), record(chapterWith('x', 'h i')));
  expect(valueChanges(differences).map(({ path, a, b }) => [path, a ?? b])).toEqual([
    ['stats inventory', '2 names gone: cluster.*.y (counter), g (gauge)'],
    ['stats inventory', '2 names new: h (gauge), i (gauge)'],
    ['Prometheus inventory', '1 series gone: y (counter)'],
  ]);
});

test('a record without an inventory is not compared by it', () => {
  const { inventory: _, ...older } = chapterWith('x', 'g');
  expect(inventoryDifferences(older, chapterWith('y', 'h'))).toEqual([]);
});

test('kinds of log messages that only one has are differences', () => {
  const [a, b] = [
    ['[warning][config] gone', '[error][main] both'],
    ['[error][main] both', '[error][http] new'],
  ];
  expect(differencesOf(record(chapterWith('x', 'g', a)), record(chapterWith('x', 'g', b)))).toMatchObject([
    { path: 'log[warning][config]', a: '[warning][config] gone' },
    { path: 'log[error][http]', b: '[error][http] new' },
  ]);
});
