import { type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import type { Draft, HttpAction } from './draft.ts';
import type { HttpEntry } from './http-entries.ts';
import { type Found, routeFor, runtimeFraction } from './router.ts';

/** A cluster that gets fewer requests would take too many attempts. */
const LEAST_SHARE = 0.05;

/** The clusters among which a route chooses by weight, the heaviest first; none for other routes. */
export function weightedClusters(route: JsonObject): string[] {
  const clusters = objectsOf(objectAt(route, 'route', 'weighted_clusters')?.clusters);
  const weights = clusters.map(({ weight }) => Number(weight ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const named = clusters.flatMap((cluster, index) => {
    const name = textAt(cluster, 'name');
    return name === undefined ? [] : [{ name, share: (weights[index] ?? 0) / total }];
  });
  const chosen = named.filter(({ share }) => share >= LEAST_SHARE).sort((a, b) => b.share - a.share);
  return named.length > 1 ? chosen.map(({ name }) => name) : [];
}

/** The cluster to which a request leads; undefined where there is none, or several. */
export function clusterOf(entry: HttpEntry, draft: Draft): string | undefined {
  const found = foundFor(entry, draft);
  return textAt(found && objectsOf(found.host.routes)[found.index], 'route', 'cluster');
}

function foundFor(entry: HttpEntry, { action }: Draft): Found | undefined {
  if (action.kind === 'udp' || action.kind === 'bytes') return undefined;
  const asked: HttpAction =
    action.kind === 'http' ? action : { ...action, kind: 'http', method: 'GET', protocol: 'http/1.1' };
  return routeFor(entry.routes, asked);
}

/** Names the cluster of a request whose route a random number decides, so that each Envoy is compared on the same one. */
export function aimed(entry: HttpEntry, draft: Draft): Draft {
  if (draft.cluster !== undefined) return draft;
  const found = foundFor(entry, draft);
  const route = found && objectsOf(found.host.routes)[found.index];
  if (!route) return draft;
  const isRandom = found.random || runtimeFraction(objectAt(route, 'match')) < 1;
  const cluster = weightedClusters(route)[0] ?? (isRandom ? textAt(route, 'route', 'cluster') : undefined);
  return cluster === undefined ? draft : { ...draft, cluster };
}
