import { expect, test } from 'vitest';
import { limitsExceeded, pageDifferences, withoutExchanges } from './check.ts';

test('a differing page is named with its first differing line, a missing and a stray one by name', () => {
  const wouldBe = new Map([
    ['same.md', 'a\nb\n'],
    ['other.md', 'a\nb\n'],
    ['missing.md', ''],
  ]);
  const are = new Map([
    ['same.md', 'a\nb\n'],
    ['other.md', 'a\nc\n'],
    ['left.md', ''],
  ]);
  expect(pageDifferences(wouldBe, are)).toEqual([
    'docs/other.md: line 2 is "c", expected "b"',
    'docs/missing.md is missing',
    'docs/left.md belongs to no chapter',
  ]);
});

test('numbers of packets are not compared: a busy kernel repeats some', () => {
  const page = (count: string) => new Map([['a.md', `rules \`nat OUTPUT, “capture”: ${count}\`\n`]]);
  expect(pageDifferences(page('1 packet'), page('2 packets'))).toEqual([]);
  expect(pageDifferences(page('some packets'), page('2 packets'))).toEqual([]);
});

test('a page without exchanges keeps its claims and their changes', () => {
  const page = [
    '## Claims\n\n2 claims.\n\n<details>\n<summary>The first exchange: GET</summary>\n\n```text\nx\n```\n\n</details>',
    '### a\n- [since 1.37.0: b](versions.md#c)\n- `GET`: response `200`\n- 2 × `GET`\n  - response `503`',
    '### d\nThis claim reads the lab itself, not an exchange.',
    '## Faults\n',
  ].join('\n\n');
  expect(withoutExchanges(page)).toBe(
    '## Claims\n\n2 claims.\n\n### a\n- [since 1.37.0: b](versions.md#c)\n\n### d\n\n## Faults\n',
  );
});

test('a page that is too long, and too many lines for each claim, are named', () => {
  const page = (lines: number, claims: number) => ({ name: 'a.md', text: 'x\n'.repeat(lines), claims });
  expect(limitsExceeded([page(1500, 173)])).toEqual([]);
  expect(limitsExceeded([page(1501, 173)])).toEqual(['docs/a.md has 1501 lines, at most 1500 are allowed']);
  expect(limitsExceeded([page(128, 1), page(129, 1)])).toEqual([
    'the pages of 2 chapters with 2 claims have 257 lines, at most 256 are allowed',
  ]);
});
