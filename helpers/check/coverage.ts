import type { ConfigDump } from '../envoy/config-dump.ts';
import type { Observation } from '../exchange/observation.ts';
import type { AccessLogEntry } from '../exchange/observers/access-log.ts';
import { claimsOf, type EnvoyRecord } from '../record/record.ts';
import { counted } from '../report/wording.ts';
import { type JsonObject, objectAt, textAt } from '../util/json.ts';
import type { World } from '../world/world.ts';
import type { AskResult, NotSeen } from './report.ts';
import type { CheckRequest } from './request.ts';
import { entriesOf } from './requests/listeners.ts';

/** What the requests of a check have reached. */
export interface Coverage {
  /** How many requests were sent: fewer than chosen, where the time was short. */
  sent: number;
  upstreams: AskResult['upstreams'];
  /** Requests that reached an upstream. */
  reached: number;
  notSeen: NotSeen[];
}

interface Asked {
  dump: ConfigDump;
  /** All requests, those that were not sent too. */
  derived: readonly CheckRequest[];
  sent: readonly CheckRequest[];
  /** The record of A. */
  record: EnvoyRecord;
  world: Pick<World, 'upstreamOf' | 'services'>;
  /** Whether only one request was to be sent. */
  only?: boolean;
}

/** Details of responses that filters send before a route is used, each with the filter's name. */
const DENIALS: [details: RegExp, filter: string][] = [
  [/^rbac_access_denied/, 'rbac'],
  [/^jwt_authn_access_denied/, 'jwt_authn'],
  [/^ext_authz_/, 'ext_authz'],
  [/basic_auth/, 'basic_auth'],
  [/api_key_auth/, 'api_key_auth'],
  [/^csrf/, 'csrf'],
  [/^oauth/, 'oauth2'],
  [/local_rate_limited/, 'local_ratelimit'],
  [/^request_rate_limited/, 'ratelimit'],
  [/^fault_filter_abort/, 'fault'],
];

/** What was reached on A, and what was not, with the reason. */
export function coverageOf({ dump, derived, sent: chosen, record, world, only = false }: Asked): Coverage {
  const seen = observationsOf(record);
  const titles = new Set(seen.map(({ title }) => title));
  const sent = chosen.filter(({ title }) => titles.has(title));
  const entries = seen.flatMap(({ observation }) => observation.accessLog);
  const asked = Object.entries(world.upstreamOf).flatMap(([cluster, upstream]) =>
    world.services.includes(upstream) ? [] : cluster,
  );
  const logged = entries.filter(isReached).map(({ upstream_cluster }) => String(upstream_cluster));
  const served = new Set(
    seen.flatMap(({ observation: { received, streams } }) => [...received, ...streams].map(({ servedBy }) => servedBy)),
  );
  const reachedClusters = new Set([
    ...logged,
    // Redis has no access log. It does not distinguish clusters that share an upstream.
    ...asked.filter((cluster) => !isShared(cluster, world) && served.has(world.upstreamOf[cluster] ?? '')),
    ...seen.flatMap(({ observation }) => countedClusters(observation, asked)),
  ]);
  return {
    sent: sent.length,
    upstreams: asked.map((name) => ({ name, reached: reachedClusters.has(name) })),
    reached: seen.filter(({ observation }) => hasReached(observation, asked)).length,
    notSeen: only
      ? onlyOne(derived, sent)
      : [
          ...beyondTheLimit(derived, chosen, sent),
          ...routesNotReached(sent, seen),
          ...filtersThatDenyAll(entries),
          ...listenersWithoutTraffic(dump, seen),
          ...asked
            .filter((name) => !reachedClusters.has(name))
            .map((name): NotSeen => ({ kind: 'cluster', name, why: 'no request reached it' })),
        ],
  };
}

interface Seen {
  title: string;
  observation: Observation;
}

function observationsOf(record: EnvoyRecord): Seen[] {
  return claimsOf(record).flatMap(({ title, observations }) =>
    observations.map((observation) => ({ title, observation })),
  );
}

function isReached({ upstream_host, response_flags }: AccessLogEntry): boolean {
  // UF: the connection failed.
  if (String(response_flags).split(',').includes('UF')) return false;
  return upstream_host != null && upstream_host !== '' && upstream_host !== '-';
}

function hasReached(seen: Observation, asked: string[]): boolean {
  const { received, streams, accessLog } = seen;
  return (
    received.length > 0 || streams.length > 0 || accessLog.some(isReached) || countedClusters(seen, asked).length > 0
  );
}

function isShared(cluster: string, { upstreamOf }: Asked['world']): boolean {
  return Object.values(upstreamOf).filter((upstream) => upstream === upstreamOf[cluster]).length > 1;
}

/** Clusters to which counters show that something was sent: Redis and UDP have no access log. */
function countedClusters({ stats }: Observation, asked: string[]): string[] {
  return Object.keys(stats).flatMap((name) => {
    const [, cluster, counter] = /^cluster\.(.+)\.(upstream_cx_total|udp\.sess_tx_datagrams)$/.exec(name) ?? [];
    if (cluster === undefined || !asked.includes(cluster)) return [];
    const failed = counter === 'upstream_cx_total' && `cluster.${cluster}.upstream_cx_connect_fail` in stats;
    return failed ? [] : [cluster];
  });
}

/** What `--only` leaves out. */
function onlyOne(derived: readonly CheckRequest[], sent: readonly CheckRequest[]): NotSeen[] {
  const left = derived.length - sent.length;
  return left === 0 ? [] : [{ kind: 'route', name: counted(left, 'other request'), why: 'not sent, as --only asks' }];
}

/** Routes whose requests are all beyond the limit, or were not sent in time. */
function beyondTheLimit(
  derived: readonly CheckRequest[],
  chosen: readonly CheckRequest[],
  sent: readonly CheckRequest[],
): NotSeen[] {
  const inLimit = new Set(chosen.map(routeIn));
  const sentFrom = new Set(sent.map(routeIn));
  const left = new Set(derived.map(routeIn).filter((from) => from !== undefined && !sentFrom.has(from)));
  return [...left].map((name) => ({
    kind: 'route',
    name: name ?? '',
    why: inLimit.has(name)
      ? 'there was no time for its request; --time SECONDS gives more'
      : `its request is beyond the first ${chosen.length}; --all-requests sends it`,
  }));
}

/** The route that a request is derived from. */
function routeIn({ from }: CheckRequest): string | undefined {
  return /^(route [^,]+)/.exec(from)?.[1];
}

/** Routes all of whose requests a filter has rejected. */
function routesNotReached(sent: readonly CheckRequest[], seen: Seen[]): NotSeen[] {
  const byTitle = new Map(seen.map(({ title, observation }) => [title, observation.accessLog]));
  const routes = new Map<string, (string | undefined)[]>();
  for (const request of sent) {
    const route = routeIn(request);
    if (route === undefined) continue;
    const denials = (byTitle.get(request.title) ?? []).map(denialIn);
    routes.set(route, [...(routes.get(route) ?? []), ...denials]);
  }
  return [...routes].flatMap(([name, denials]): NotSeen[] => {
    const [first] = denials;
    const all = denials.length > 0 && denials.every((denial) => denial !== undefined);
    return all ? [{ kind: 'route', name, why: `the filter ${first} rejected every request for it` }] : [];
  });
}

/** The filter that answered a request. */
function denialIn({ response_code_details: details }: AccessLogEntry): string | undefined {
  return DENIALS.find(([expression]) => expression.test(String(details ?? '')))?.[1];
}

/** Filters of a listener that let no request pass. */
function filtersThatDenyAll(entries: AccessLogEntry[]): NotSeen[] {
  const byListener = new Map<string, (string | undefined)[]>();
  for (const entry of entries.filter(({ method }) => method != null)) {
    const at = String(entry.downstream_local_address);
    byListener.set(at, [...(byListener.get(at) ?? []), denialIn(entry)]);
  }
  return [...byListener].flatMap(([listener, denials]): NotSeen[] => {
    const filters = [...new Set(denials.filter((denial) => denial !== undefined))];
    // Requests that are no HTTP never reach a filter.
    const passed = denials.filter((denial) => denial === undefined).length;
    const [only] = filters;
    if (only === undefined || passed > denials.length / 4 || denials.length - passed < 3) return [];
    const reached = entries.some((entry) => String(entry.downstream_local_address) === listener && isReached(entry));
    const port = listener.slice(listener.lastIndexOf(':') + 1);
    return reached ? [] : [{ kind: 'filter', name: `${filters.join(', ')} on ${port}`, why: 'it let no request pass' }];
  });
}

/** Listeners with a port that no connection of a request has reached. */
function listenersWithoutTraffic(dump: ConfigDump, seen: Seen[]): NotSeen[] {
  const counted = new Set(
    seen.flatMap(({ observation }) =>
      Object.keys(observation.stats).filter((name) =>
        /^listener\..+\.downstream_(cx|pre_cx|sess)_total$|^udp\./.test(name),
      ),
    ),
  );
  const ports = new Set(
    seen.flatMap(({ observation }) =>
      observation.accessLog.map(({ downstream_local_address: at }) => /:(\d+)$/.exec(String(at))?.[1]),
    ),
  );
  return dump.listeners.flatMap((listener): NotSeen[] => {
    const port = portOf(listener);
    const { entries } = entriesOf({ ...dump, listeners: [listener] });
    if (port === undefined || entries.length === 0 || entries.every(({ udp }) => udp)) return [];
    const isCounted = [...counted].some(
      (name) => name.includes(`_${port}.`) || name.includes(`.${textAt(listener, 'stat_prefix')}.`),
    );
    if (isCounted || ports.has(port)) return [];
    return [{ kind: 'listener', name: textAt(listener, 'name') || `port ${port}`, why: 'no connection reached it' }];
  });
}

function portOf(listener: JsonObject): string | undefined {
  const port = objectAt(listener, 'address', 'socket_address')?.port_value;
  return port === undefined ? undefined : `${port}`;
}
