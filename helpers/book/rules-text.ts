import { commentOf, dedent } from '../netfilter/rules.ts';

/** An iptables-restore text as one reads it: each rule's comment on a line above it, not within it. */
export function readableRules(ruleset: string): string {
  return dedent(ruleset)
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const comment = commentOf(line);
      if (comment === undefined) return [line];
      return [`# ${comment}`, line.replace(/-m comment --comment ("(?:[^"\\]|\\.)*"|\S+) ?/, '').trimEnd()];
    })
    .join('\n');
}
