import { UsageError } from '../../helpers/util/errors.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import type { ClaimName } from '../vitest/claim-name.ts';

/**
 * The claims that match any of the patterns, by chapter; chapters without one are left out.
 *
 * @param patterns a part of a title or `/a regular expression/`, in any case; a whole title is exact
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

/** The names that match; `kind` is for the message. @throws UsageError where none does */
export function namesMatching(kind: string, pattern: string, names: string[]): string[] {
  if (names.includes(pattern)) return [pattern];
  const expression = expressionOf(kind, pattern);
  const part = pattern.toLowerCase();
  const found = names.filter((name) => (expression ? expression.test(name) : name.toLowerCase().includes(part)));
  if (found.length === 0) throw new UsageError(unknownName(kind, pattern, names));
  return found;
}

function expressionOf(kind: string, pattern: string): RegExp | undefined {
  const [, source] = /^\/(.+)\/i?$/s.exec(pattern) ?? [];
  try {
    return source === undefined ? undefined : new RegExp(source, 'i');
  } catch {
    throw new UsageError(
      `--${kind} ${pattern} is not a regular expression; without the slashes it is a part of a name`,
    );
  }
}
