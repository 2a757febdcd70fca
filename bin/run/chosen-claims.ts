import { UsageError } from '../../helpers/util/errors.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import type { ClaimName } from '../vitest/claim-name.ts';

/**
 * The claims that match any of the patterns, by chapter; chapters without one are left out.
 *
 * @param patterns as in `namesMatching`
 * @throws UsageError for a pattern without a match
 */
export function chosenClaims<Claim extends ClaimName>(
  declared: ReadonlyMap<string, Claim[]>,
  patterns: string[],
): Map<string, Claim[]> {
  const titles = [...new Set([...declared.values()].flat().map(({ title }) => title))];
  const chosen = new Set(patterns.flatMap((pattern) => namesMatching('claim', pattern, titles)));
  const byChapter = [...declared].map(
    ([slug, claims]) => [slug, claims.filter(({ title }) => chosen.has(title))] as const,
  );
  return new Map(byChapter.filter(([, claims]) => claims.length > 0));
}

/**
 * The names that a pattern matches: the whole name, else a part of it, else a regular expression. `/…/` is always
 * a regular expression. Case is ignored.
 *
 * @param kind for the message: `claim`
 * @throws UsageError where none matches
 */
export function namesMatching(kind: string, pattern: string, names: string[]): string[] {
  const found = matching(kind, pattern, names);
  if (found.length === 0) throw new UsageError(unknownName(kind, pattern, names));
  return found;
}

/** As `namesMatching`, but without a match the list is empty. */
export function matching(kind: string, pattern: string, names: string[]): string[] {
  if (names.includes(pattern)) return [pattern];
  const [, source] = /^\/(.+)\/i?$/s.exec(pattern) ?? [];
  if (source !== undefined) {
    const expression = expressionOf(source);
    if (expression) return names.filter((name) => expression.test(name));
    throw new UsageError(`invalid regular expression in --${kind} ${pattern}; expected text or /regex/`);
  }
  const part = pattern.toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(part));
  const expression = found.length === 0 ? expressionOf(pattern) : undefined;
  return expression ? names.filter((name) => expression.test(name)) : found;
}

function expressionOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'i');
  } catch {
    return undefined;
  }
}
