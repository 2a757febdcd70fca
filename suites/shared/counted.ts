import { expect } from 'vitest';
import type { HostRule } from '../../helpers/exchange/observers/rules.ts';

/** Matches an exchange's counter of the rule with this comment. */
export function counted(comment: string, expected: Partial<HostRule> = {}): unknown {
  return expect.objectContaining({ comment, ...expected });
}
