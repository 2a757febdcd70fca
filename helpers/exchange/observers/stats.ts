import type { Observer } from './observer.ts';

/** What Envoy's counters moved by; empty while Envoy is stopped. */
export const stats: Observer<Record<string, number>, Record<string, number>> = {
  title: "Envoy's counters",
  nothing: {},
  record: (seen, { replies, tunnelled }) =>
    Object.fromEntries(
      Object.entries(seen).filter(([name]) => !movesByChance(name, replies > 1) && !(tunnelled && tellsEnd(name))),
    ),
  settle: (masked) => masked,
  describe: (counters) =>
    Object.entries(counters)
      .filter(([name]) => TELLING.test(name))
      .map(([name, by]) => `${name} +${by}`),
};

/** Counters of connections, requests and decisions; Envoy counts most of them again by worker, by origin and by class. */
const TELLING =
  /^(cluster\.\w+\.(upstream_cx_total|upstream_cx_connect_fail|upstream_cx_connect_timeout|upstream_cx_none_healthy|upstream_rq_\d{3}|ext_authz\.\w+)|http\.ingress\.(downstream_cx_total|downstream_rq_\dxx|downstream_cx_upgrades_total|no_route|ext_authz\.\w+)|tcp\.\w+\.downstream_cx_total)$/;

/** Reads Envoy's `/stats` in its text form: `name: value` a line. Text values and histograms are passed over. */
export function parseStats(text: string): Record<string, number> {
  const stats: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\S+): (\d+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) stats[name] = Number(value);
  }
  return stats;
}

/** What counters moved by between two snapshots, in the order of their names; what did not move is left out. */
export function moved(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const deltas: Record<string, number> = {};
  for (const name of Object.keys(after).sort()) {
    const delta = (after[name] ?? 0) - (before[name] ?? 0);
    if (delta !== 0 && !movesByItself(name)) deltas[name] = delta;
  }
  return deltas;
}

/** How many connections Envoy's TCP proxies took, by what its counters moved. */
export function tcpConnections(stats: Record<string, number>): number {
  return Object.entries(stats).reduce(
    (sum, [name, by]) => (/^tcp\..+\.downstream_cx_total$/.test(name) ? sum + by : sum),
    0,
  );
}

/**
 * Counters that time or the harness's own requests to the admin pages moves, not the exchange: Envoy's flushes and timers,
 * DNS resolution and the endpoints that come of it, and the admin listener. Timing decides too whether a TCP proxy still
 * has bytes for the upstream in hand when the downstream's connection ends, and whether one side is so much slower than
 * the other that it holds it up.
 */
function movesByItself(name: string): boolean {
  return (
    !/^(cluster|http|listener|tcp|listener_manager|original_dst)\./.test(name) ||
    /^(http\.admin|listener\.admin|listener_manager)\./.test(name) ||
    /^tcp\..+\.upstream_flush_total$/.test(name) ||
    /_flow_control_/.test(name) ||
    /^cluster\.\S+?\.(default\.)?(update_|membership_change|total_match_count)/.test(name)
  );
}

/**
 * Whether chance decides if a counter moves, or by how much. Bytes see the digits of a duration, and are counted a moment
 * after they were written, which may be after the snapshot. Idle connections to an upstream that earlier exchanges have left
 * end when it does, before the snapshot or after. Of requests side by side, timing decides how many find one to reuse.
 */
export function movesByChance(name: string, sideBySide: boolean): boolean {
  return (
    /_bytes_/.test(name) ||
    /\.upstream_cx_destroy(_local|_remote)?$/.test(name) ||
    (sideBySide && /\.upstream_(cx|rq_pending)_/.test(name))
  );
}

/** Whether a counter tells which end of a tunnel Envoy saw close first, and what was under way then. */
export function tellsEnd(counter: string): boolean {
  return /_cx_destroy_(local|remote)|_active_rq$|_rq_(rx|tx)_reset$|_delayed_close_timeout$/.test(counter);
}
