// The site's search gets these functions as text: they must not use anything outside their own body.

/**
 * The terms of a text that is indexed. A name such as `x-envoy-upstream-service-time` or `failure_mode_allow` is one term;
 * so is each of its parts, and each of its ends, since a search also finds what a term begins with.
 */
export function indexedTerms(text: string): string[] {
  const names = text.match(/[\p{L}\p{N}]+(?:[-_.]+[\p{L}\p{N}]+)*/gu) ?? [];
  return names.flatMap((name) => {
    const parts = name.split(/[-_.]+/);
    const ends = [...name.matchAll(/(?<=[-_.])[\p{L}\p{N}]/gu)].map(({ index }) => name.slice(index));
    return [...new Set([name, ...ends, ...parts])];
  });
}

/** The terms of a query: names are not taken apart, so that a header finds that header and no other. */
export function queryTerms(query: string): string[] {
  return query.match(/[\p{L}\p{N}]+(?:[-_.]+[\p{L}\p{N}]+)*/gu) ?? [];
}

/** How much of a term may differ: of words only, not of names, codes and numbers. */
export function fuzziness(term: string): number | false {
  return /^\p{L}{5,}$/u.test(term) ? 0.2 : false;
}
