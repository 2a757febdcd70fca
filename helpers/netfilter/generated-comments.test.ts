import { expect, test } from 'vitest';
import { withComments } from './generated-comments.ts';
import { commentsOf } from './rules.ts';

const rules = (...lines: string[]): string => `*nat\n:OUTPUT ACCEPT [0:0]\n${lines.join('\n')}\nCOMMIT\n`;

test('a rule without a comment gets its table, chain and position, before its target', () => {
  expect(
    withComments(
      rules('-A OUTPUT -p tcp -j A', '-A A -j RETURN', '-A OUTPUT -m string --string " -j x" -g B', '-A OUTPUT -p udp'),
    ),
  ).toBe(
    rules(
      '-A OUTPUT -p tcp -m comment --comment "nat OUTPUT 1" -j A',
      '-A A -m comment --comment "nat A 1" -j RETURN',
      '-A OUTPUT -m string --string " -j x" -m comment --comment "nat OUTPUT 2" -g B',
      '-A OUTPUT -p udp -m comment --comment "nat OUTPUT 3"',
    ),
  );
});

test('own comments stay; those of several rules, long ones and those with quotes are changed', () => {
  const long = 'x'.repeat(200);
  const own = rules(
    '-A OUTPUT -m comment --comment once -j A',
    '-A OUTPUT -m comment --comment "of two" -j A',
    '-A OUTPUT -m comment --comment "of two" -j B',
    `-A OUTPUT -m comment --comment ${long} -j A`,
    '-A OUTPUT -m comment --comment "the \\"best\\"" -j A',
  );
  const comments = commentsOf(withComments(own));
  expect(comments).toEqual([
    'once',
    'of two (nat OUTPUT 2)',
    'of two (nat OUTPUT 3)',
    expect.stringMatching(/^x+\.\.\. \(nat OUTPUT 4\)$/),
    "the 'best'",
  ]);
  expect(comments.every((comment) => comment.length <= 96)).toBe(true);
  expect(withComments(withComments(own))).toBe(withComments(own));
});
