import { expect, test } from 'vitest';
import { GroupedLines } from './progress.ts';

function printed(use: (lines: GroupedLines, shown: string[]) => void): string[] {
  const shown: string[] = [];
  use(new GroupedLines((line) => shown.push(line)), shown);
  return shown;
}

test('lines of the first group are live, those of another wait for its end', () => {
  printed((lines, shown) => {
    lines.add('a', 'a1', 'A');
    lines.add('b', 'b1', 'B');
    lines.add('a', 'a2', 'A');
    expect(shown).toEqual(['A', 'a1', 'a2']);
    lines.end('a');
    expect(shown).toEqual(['A', 'a1', 'a2', 'B', 'b1']);
    lines.add('b', 'b2', 'B');
    expect(shown.at(-1)).toBe('b2');
  });
});

test('a group that has ended while it waited is printed whole, then the next one is live', () => {
  const shown = printed((lines) => {
    for (const name of ['a', 'b', 'c']) lines.add(name, `${name}1`);
    lines.end('b');
    lines.end('a');
    lines.add('c', 'c2');
  });
  expect(shown).toEqual(['a1', 'b1', 'c1', 'c2']);
});

test('at the end of the run nothing stays unprinted', () => {
  const shown = printed((lines) => {
    lines.add('a', 'a1');
    lines.add('b', 'b1');
    lines.endAll();
  });
  expect(shown).toEqual(['a1', 'b1']);
});
