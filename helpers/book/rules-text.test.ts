import { expect, test } from 'vitest';
import { readableRules } from './rules-text.ts';

test("a rule's comment stands above it, and not within it", () => {
  const ruleset = `
    *nat
    -A OUTPUT -p tcp -m comment --comment "capture HTTP, but not Envoy's own" -j REDIRECT --to-ports 4999
    -A OUTPUT -p udp -j ACCEPT -m comment --comment bare
    COMMIT`;
  expect(readableRules(ruleset)).toBe(
    [
      '*nat',
      "# capture HTTP, but not Envoy's own",
      '-A OUTPUT -p tcp -j REDIRECT --to-ports 4999',
      '# bare',
      '-A OUTPUT -p udp -j ACCEPT',
      'COMMIT',
    ].join('\n'),
  );
});
