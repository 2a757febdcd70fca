import { expect, test } from 'vitest';
import { formatTable } from './table.ts';

test('columns are as wide as their widest cell, and numbers are aligned right', () => {
  const table = formatTable(
    [{ title: 'chapter' }, { title: 'passed', align: 'right' }],
    [
      ['original-dst', '12'],
      ['tproxy', '3'],
    ],
  );
  expect(table).toBe(['chapter       passed', 'original-dst      12', 'tproxy             3'].join('\n'));
});

test('a cell is painted after it is padded', () => {
  expect(formatTable([{ title: 'wide' }, { title: 'b' }], [['a', 'b']], (cell) => `<${cell}>`)).toBe(
    'wide  b\n<a   >  <b>',
  );
});
