import { unmetRequirement } from '../../envoy/readiness.ts';
import type { ControlPlane } from './control-planes.ts';

/**
 * Why an Envoy does not become live, in one line.
 *
 * @param pages the bodies of `READINESS_PAGES`
 */
export function neverLive(pages: string[], planes: ControlPlane[]): string {
  const unmet = unmetRequirement(pages);
  if (planes.length === 0) return unmet;
  const names = planes.map(({ name, resources }) => `${name} for its ${list(resources)}`);
  return `it waits for a control plane, ${list(names)}; save the page /config_dump?include_eds of a running Envoy, and check it with \`--from-dump\``;
}

/** `a`, `a and b`, `a, b and c`. */
function list(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
