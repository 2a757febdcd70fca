import { commentOf, dedent } from '../netfilter/rules.ts';
import { withoutComment } from '../trace/timeline-text.ts';

/** An iptables-restore text with each rule's comment on a line above it, not within it. */
export function readableRules(ruleset: string): string {
  return dedent(ruleset)
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const comment = commentOf(line);
      return comment === undefined ? [line] : [`# ${comment}`, withoutComment(line)];
    })
    .join('\n');
}
