import { killedBy } from './kills.ts';
import type { Plan } from './proof.ts';

/**
 * As few claims as show, with `kills.json`, that every fault is detected and every claim detects one: each claim with
 * one fault, each fault with at least one claim. A fault that no claim is expected to detect has all claims.
 *
 * @param version of the Envoy that the trials run on
 * @returns titles of claims in the order of the plan, by the name of the fault
 */
export function coverOf(
  { claims, declaredFaults, kills = { kills: {} } }: Plan,
  version: string,
): Map<string, string[]> {
  const titles = claims.map(({ title }) => title);
  const killed = new Map(declaredFaults.map((fault) => [fault, killedBy(kills, fault, titles, version)]));
  // A fault that kills few claims says most about each of them.
  const fewestFirst = [...killed].toSorted(([, a], [, b]) => a.length - b.length);
  const faultFor = new Map(titles.map((title) => [title, fewestFirst.find(([, of]) => of.includes(title))?.[0]]));
  return new Map(
    [...killed].map(([fault, of]) => {
      const own = of.filter((title) => faultFor.get(title) === fault);
      return [fault, [own, of.slice(0, 1), titles].find(({ length }) => length > 0) ?? []];
    }),
  );
}
