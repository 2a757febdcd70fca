/** Reads Envoy's `/stats` in its text form: `name: value` a line. Text values and histograms are passed over. */
export function parseStats(text: string): Record<string, number> {
  const stats: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const [, name, value] = /^(\S+): (\d+)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) stats[name] = Number(value);
  }
  return stats;
}

/** What counters moved by between two looks, in the order of their names; what did not move is left out. */
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
    (sum, [name, by]) => (/^tcp\.\w+\.downstream_cx_total$/.test(name) ? sum + by : sum),
    0,
  );
}

/**
 * Counters that time or the harness's own look at the admin pages moves, not the exchange: Envoy's flushes and timers,
 * DNS resolution and the endpoints that come of it, and the admin listener. Timing decides too whether a TCP proxy still
 * has bytes for the upstream in hand when the downstream's connection ends, and whether one side is so much slower than
 * the other that it holds it up.
 */
function movesByItself(name: string): boolean {
  return (
    !/^(cluster|http|listener|tcp|listener_manager|original_dst)\./.test(name) ||
    /^(http\.admin|listener\.admin|listener_manager)\./.test(name) ||
    /^tcp\.\w+\.upstream_flush_total$/.test(name) ||
    /_flow_control_/.test(name) ||
    /^cluster\.\w+\.(default\.)?(update_|membership_change|total_match_count)/.test(name)
  );
}

/**
 * Whether chance decides if a counter moves, or by how much. Bytes see the digits of a duration, and are counted a moment
 * after they were written, which may be after the look. Idle connections to an upstream that earlier exchanges have left
 * end when it does, before the look or after. Of requests side by side, timing decides how many find one to reuse.
 */
export function movesByChance(name: string, sideBySide: boolean): boolean {
  return (
    /_bytes_/.test(name) ||
    /\.upstream_cx_destroy(_local|_remote)?$/.test(name) ||
    (sideBySide && /\.upstream_(cx|rq_pending)_/.test(name))
  );
}
