import { UsageError } from '../../helpers/util/errors.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import type { ClaimName } from '../vitest/claim-name.ts';

/**
 * The claims that any of the patterns matches, by chapter; chapters without one are left out.
 *
 * @param patterns a part of a title or `/a regular expression/`, either in any case; a whole title stands for itself alone
 * @throws UsageError for a pattern that matches none
 */
export function chosenClaims<Claim extends ClaimName>(
  declared: ReadonlyMap<string, Claim[]>,
  patterns: string[],
): Map<string, Claim[]> {
  const titles = [...new Set([...declared.values()].flat().map(({ title }) => title))];
  const chosen = new Set(patterns.flatMap((pattern) => titlesMatching(pattern, titles)));
  const byChapter = [...declared].map(
    ([slug, claims]) => [slug, claims.filter(({ title }) => chosen.has(title))] as const,
  );
  return new Map(byChapter.filter(([, claims]) => claims.length > 0));
}

function titlesMatching(pattern: string, titles: string[]): string[] {
  if (titles.includes(pattern)) return [pattern];
  const expression = expressionOf(pattern);
  const part = pattern.toLowerCase();
  const found = titles.filter((title) => (expression ? expression.test(title) : title.toLowerCase().includes(part)));
  if (found.length === 0) throw new UsageError(unknownName('claim', pattern, titles));
  return found;
}

function expressionOf(pattern: string): RegExp | undefined {
  const [, source] = /^\/(.+)\/i?$/s.exec(pattern) ?? [];
  try {
    return source === undefined ? undefined : new RegExp(source, 'i');
  } catch {
    throw new UsageError(`--claim ${pattern} is not a regular expression; without the slashes it is a part of a title`);
  }
}
