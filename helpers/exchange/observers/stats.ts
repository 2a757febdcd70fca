import type { Observer } from './observer.ts';

/** Increments of Envoy's counters; empty while Envoy is stopped. */
export const stats: Observer<Record<string, number>, Record<string, number>> = {
  title: 'Envoy counters that changed',
  nothing: {},
  record: (seen, { replies, tunnelled }) =>
    Object.fromEntries(
      Object.entries(seen).filter(
        ([name]) => !dependsOnTiming(name, replies > 1) && !(tunnelled && dependsOnEnd(name)),
      ),
    ),
  settle: (masked) => masked,
  describe: (counters) =>
    Object.entries(counters)
      .filter(([name]) => DESCRIBED.test(name))
      .map(([name, by]) => `${name} +${by}`),
};

/**
 * Described counters: of connections, requests and decisions. Most others repeat these by worker,
 * origin or class.
 */
const DESCRIBED =
  /^(cluster\.\w+\.(upstream_cx_total|upstream_cx_connect_fail|upstream_cx_connect_timeout|upstream_cx_none_healthy|upstream_rq_\d{3}|ext_authz\.\w+)|http\.ingress\.(downstream_cx_total|downstream_rq_\dxx|downstream_cx_upgrades_total|no_route|ext_authz\.\w+)|tcp\.\w+\.downstream_cx_total|\w+\.http_local_rate_limit\.\w+)$/;

/** Reads the text form of Envoy's `/stats`, without text values and histograms. */
export function parseStats(text: string): Record<string, number> {
  return Object.fromEntries([...text.matchAll(/^(\S+): (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

/**
 * The increments of counters between two snapshots, sorted by name, without those that did not
 * change.
 */
export function increments(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const deltas = Object.keys(after)
    .sort()
    .map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  const changed = Object.fromEntries(deltas.filter(([name, delta]) => delta !== 0 && !changesIndependently(name)));
  return Object.fromEntries(Object.entries(changed).filter(([name]) => !isRefresh(name, changed)));
}

/** The number of connections that Envoy's TCP proxies accepted, from increments of counters. */
export function tcpConnections(stats: Record<string, number>): number {
  const counters = Object.entries(stats).filter(([name]) => /^tcp\..+\.downstream_cx_total$/.test(name));
  return counters.reduce((sum, [, by]) => sum + by, 0);
}

/** Counters that change independently of an exchange, or by chance during it. */
const INDEPENDENT = [
  // The harness's own requests to the admin interface.
  /^(http\.admin|listener\.admin)\./,
  // Flushes of access logs by their timer.
  /^filesystem\./,
  // A main thread or worker that was busy for 200 ms.
  /(^|\.)watchdog_(mega_)?miss$/,
  // Changes of clusters and their hosts, which Envoy resolves again by timers.
  /^cluster_manager\./,
  /^cluster\.\S+?\.(default\.)?(update_|membership_change|total_match_count|assignment_|init_fetch_timeout|reload)/,
  // Queries of those timers: c-ares counts them together with queries for requests.
  /^dns\.cares\./,
  // The bytes that a TCP proxy has not written when the downstream closes.
  /^tcp\..+\.upstream_flush_total$/,
  // The overload manager asks its resource monitors by a timer.
  /^overload\..+\.(failed|skipped)_updates$/,
  // The filling of buffers depends on the speed of both ends.
  /flow_control_/,
];

/**
 * Whether a counter is of a DNS cache that resolves a name again by its timer: a request lets it
 * resolve only names that it adds.
 */
function isRefresh(name: string, changed: Record<string, number>): boolean {
  const [, cache] = /^(dns_cache\..+)\.dns_query_\w+$/.exec(name) ?? [];
  return cache !== undefined && !(`${cache}.host_added` in changed);
}

function changesIndependently(name: string): boolean {
  return INDEPENDENT.some((expression) => expression.test(name));
}

/**
 * Whether timing decides by how much a counter changes. Bytes depend on the digits of a duration
 * and may be counted after the snapshot. Idle upstream connections of earlier exchanges may close
 * before or after it. Parallel requests may reuse some.
 */
export function dependsOnTiming(name: string, sideBySide: boolean): boolean {
  return (
    /_bytes_/.test(name) ||
    /\.upstream_cx_(destroy(_local|_remote)?|idle_timeout)$/.test(name) ||
    (sideBySide && /\.upstream_(cx|rq_pending)_/.test(name))
  );
}

/** Whether a counter depends on which end of a tunnel closes first. */
export function dependsOnEnd(counter: string): boolean {
  return /_cx_destroy_(local|remote)|_active_rq$|[_.](rx|tx)_reset$|_delayed_close_timeout$/.test(counter);
}
