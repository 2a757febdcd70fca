import { type JsonObject, textAt } from '../../util/json.ts';
import { literal } from '../../util/literal.ts';

/** Pages with the stats of more clusters take many seconds. */
const MOST_CLUSTERS = 200;
const SAMPLED = 50;

/** Everything but clusters: RE2 has no negative lookahead. */
const NO_CLUSTER = '[^c]|c[^l]|cl[^u]|clu[^s]|clus[^t]|clust[^e]|cluste[^r]|cluster[^.]';

/**
 * A filter of stats for a config with many clusters: the names of stats are the same for clusters with
 * the same fields. Undefined for others.
 */
export function statsFilter(clusters: readonly JsonObject[]): string | undefined {
  if (clusters.length <= MOST_CLUSTERS) return undefined;
  const byForm = new Map<string, JsonObject>();
  for (const cluster of clusters) {
    const form = JSON.stringify([Object.keys(cluster).sort(), cluster.type, cluster.lb_policy]);
    if (!byForm.has(form)) byForm.set(form, cluster);
  }
  const names = [...byForm.values()]
    .slice(0, SAMPLED)
    .map((cluster) => (textAt(cluster, 'name') ?? '').replaceAll(':', '_'));
  return `^(${NO_CLUSTER}|cluster\\.(${names.map(literal).join('|')})\\.)`;
}

/** The path of a page with a filter. */
export function filtered(path: string, filter: string | undefined): string {
  if (filter === undefined) return path;
  return `${path}${path.includes('?') ? '&' : '?'}filter=${encodeURIComponent(filter)}`;
}
