import type { ConfigDump } from '../../envoy/config-dump.ts';
import { given } from '../../util/given.ts';
import { type JsonObject, objectAt, textAt } from '../../util/json.ts';
import type { NotSeen } from '../report.ts';
import type { CheckRequest } from '../request.ts';
import { hidesPassword, passingRequest, withCredentials } from './credentials.ts';
import { changedTls, type Draft, finished, through } from './draft.ts';
import { type HttpEntry, httpEntry, routeName } from './http-entries.ts';
import { entriesOf, type Reach } from './listeners.ts';
import { diagonal, inTurns } from './order.ts';
import { policyRequests, usualRequest } from './policy-requests.ts';
import { aimed, clusterOf, weightedClusters } from './random-routes.ts';
import { type RouteRequest, routeRequests, routeVariants } from './route-requests.ts';
import { runtimeFraction } from './router.ts';
import { streamRequests } from './stream-requests.ts';
import { unusualRequests } from './unusual-requests.ts';

/** Derives the requests of a check from what Envoy runs, the most valuable ones first. */
export function requestsOf(dump: ConfigDump, reach: Reach = {}): { requests: CheckRequest[]; notSeen: NotSeen[] } {
  const { entries, notSeen } = entriesOf(dump, reach);
  const asked = entries.flatMap((entry): { entry: HttpEntry; requests: RouteRequest[] }[] => {
    const http = httpEntry(entry, dump, notSeen);
    return http ? [{ entry: http, requests: [] }] : [];
  });
  /** Routes that several listeners have are asked for once. */
  const seen = new Set<string>();
  for (const each of asked) {
    const unseen: NotSeen[] = [];
    each.requests = routeRequests(each.entry, unseen);
    const key = JSON.stringify(each.entry.routes);
    if (seen.has(key)) continue;
    seen.add(key);
    notSeen.push(...unseen);
  }
  const looped = new Set<string>();
  /** A draft with its aim; undefined for a further one that would come back to its listener without end. */
  const aimedOnce = (entry: HttpEntry, draft: Draft): Draft | undefined => {
    const cluster = clusterOf(entry, draft) ?? '';
    if (!reach.loops?.includes(cluster)) return aimed(entry, draft);
    if (looped.has(cluster)) return undefined;
    looped.add(cluster);
    return draft;
  };
  const known = new Set<string>();
  const drafts = asked.flatMap(({ entry, requests }) => {
    const key = JSON.stringify(entry.routes);
    const isKnown = known.has(key);
    known.add(key);
    const usual = usualRequest(requests);
    const own = isKnown ? requests.filter((request) => request === usual) : requests;
    return ofRoutes(entry, own, isKnown).flatMap((draft) => aimedOnce(entry, draft) ?? []);
  });
  for (const { entry } of asked) {
    if (hidesPassword(entry))
      notSeen.push({
        kind: 'filter',
        name: `basic_auth of ${entry.listener}`,
        why: 'no password of its users is known',
      });
  }
  const policies = diagonal(
    asked.map(({ entry, requests }) => policyRequests(entry, requests).map((draft) => aimedOnce(entry, draft))),
  );
  const unusual = diagonal(
    asked.map(({ entry, requests }) =>
      unusualRequests(entry, requests).map((draft) => draft && aimedOnce(entry, draft)),
    ),
  );
  const streams = entries.filter(
    ({ filters, udp }) => udp || !filters.some(({ type }) => type === 'HttpConnectionManager'),
  );
  const all = [...drafts, ...streams.flatMap(streamRequests), ...policies, ...unusual];
  return { requests: finished(inTurns(all)), notSeen };
}

/** The requests for the routes of an entry, with the credentials that they need. */
function ofRoutes(entry: HttpEntry, requests: RouteRequest[], isKnown: boolean): Draft[] {
  const drafts = requests.flatMap(({ at, action }): Draft[] => {
    const draft: Draft = {
      ...{ group: 'route', from: routeName(at), ...through(entry) },
      action: withCredentials(entry, at, action),
    };
    const [first, ...others] = weightedClusters(at.route);
    if (first === undefined) return [{ ...draft, ...given({ cluster: randomCluster(at.route) }) }];
    return [first, ...others].map((cluster) => ({ ...draft, cluster, how: `to cluster ${cluster}` }));
  });
  const names = entry.otherNames.slice(0, MOST_NAMES).flatMap((sni) => {
    const [first] = drafts;
    return first ? [{ ...first, group: 'variant' as const, how: `for SNI ${sni}`, ...changedTls(entry, { sni }) }] : [];
  });
  if (isKnown) return [...drafts, ...names];
  const variants = requests.flatMap((request) =>
    routeVariants(entry, { ...request, action: withCredentials(entry, request.at, request.action) }),
  );
  return [...drafts, ...circumstances(entry, requests), ...names, ...variants];
}

/** The cluster of a route that only a share of requests takes. */
function randomCluster(route: JsonObject): string | undefined {
  const isRandom = runtimeFraction(objectAt(route, 'match')) < 1;
  return isRandom ? textAt(route, 'route', 'cluster') : undefined;
}

const MOST_NAMES = 4;

/** Upstreams that are down, once for each cluster; upstreams that reset or are slow, once. */
function circumstances(entry: HttpEntry, requests: RouteRequest[]): Draft[] {
  const clusters = new Set<string>();
  const leading = requests.filter(({ at: { route }, action }) => {
    const cluster = textAt(route, 'route', 'cluster') ?? JSON.stringify(route.route);
    if (route.route === undefined || action.method === 'CONNECT' || clusters.has(cluster)) return false;
    clusters.add(cluster);
    return true;
  });
  const around = (request: RouteRequest, upstreams: 'down' | 'reset' | 'slow'): Draft => ({
    ...{ group: 'circumstances', from: `${routeName(request.at)}, upstreams ${upstreams}`, ...through(entry) },
    action: passingRequest(entry, request.at, request.action),
    circumstances: { upstreams },
  });
  const [first] = leading;
  return [
    ...(first ? [around(first, 'down'), around(first, 'reset'), around(first, 'slow')] : []),
    ...leading.slice(1).map((request) => around(request, 'down')),
  ];
}
