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
  return Object.fromEntries(deltas.filter(([name, delta]) => delta !== 0 && !changesIndependently(name)));
}

/** The number of connections that Envoy's TCP proxies accepted, from increments of counters. */
export function tcpConnections(stats: Record<string, number>): number {
  const counters = Object.entries(stats).filter(([name]) => /^tcp\..+\.downstream_cx_total$/.test(name));
  return counters.reduce((sum, [, by]) => sum + by, 0);
}

/**
 * Whether a counter changes independently of the exchange: by timers, DNS resolution or the admin
 * listener; or depends on timing: a TCP proxy's unflushed bytes when the downstream closes, and
 * flow control.
 */
function changesIndependently(name: string): boolean {
  return (
    !/^(cluster|http|listener|tcp|listener_manager|original_dst)\.|\.http_local_rate_limit\./.test(name) ||
    /^(http\.admin|listener\.admin|listener_manager)\./.test(name) ||
    /^tcp\..+\.upstream_flush_total$/.test(name) ||
    /_flow_control_/.test(name) ||
    /^cluster\.\S+?\.(default\.)?(update_|membership_change|total_match_count)/.test(name)
  );
}

/**
 * Whether timing decides by how much a counter changes. Bytes depend on the digits of a duration
 * and may be counted after the snapshot. Idle upstream connections of earlier exchanges may close
 * before or after it. Parallel requests may reuse some.
 */
export function dependsOnTiming(name: string, sideBySide: boolean): boolean {
  return (
    /_bytes_/.test(name) ||
    /\.upstream_cx_destroy(_local|_remote)?$/.test(name) ||
    (sideBySide && /\.upstream_(cx|rq_pending)_/.test(name))
  );
}

/** Whether a counter depends on which end of a tunnel closes first. */
export function dependsOnEnd(counter: string): boolean {
  return /_cx_destroy_(local|remote)|_active_rq$|_rq_(rx|tx)_reset$|_delayed_close_timeout$/.test(counter);
}
