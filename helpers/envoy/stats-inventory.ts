/**
 * The names of everything that an Envoy counts, used or not. Names of clusters, listeners and
 * managers are `*`, so that a name appears once, however many of them have it.
 */
export interface Inventory {
  /** By kind, then by the part of a name up to its last dot: the last parts, separated by spaces. */
  stats: Record<StatKind, Grouped>;
  /** Prometheus series by type, then by their labels, separated by commas: names without `envoy_`. */
  series: Record<string, Grouped>;
}

/** Names that share a beginning; JSON that repeats it would be several times as long. */
type Grouped = Record<string, string>;

/** The kinds of stats, with the value of `type` of Envoy's page `/stats`. */
export const STAT_KINDS = {
  counter: 'Counters',
  gauge: 'Gauges',
  histogram: 'Histograms',
  'text readout': 'TextReadouts',
} as const;
export type StatKind = keyof typeof STAT_KINDS;

export const STAT_KIND_NAMES = Object.keys(STAT_KINDS) as StatKind[];

/**
 * Reads the pages of an Envoy.
 *
 * @param page fetches an admin page
 */
export async function readInventory(page: (path: string) => Promise<string>): Promise<Inventory> {
  const [series, ...stats] = await Promise.all([
    page('/stats/prometheus'),
    ...STAT_KIND_NAMES.map((kind) => page(`/stats?type=${STAT_KINDS[kind]}`)),
  ]);
  const grouped = STAT_KIND_NAMES.map((kind, index) => [kind, groupedNames(namesIn(stats[index] ?? ''))]);
  return { stats: Object.fromEntries(grouped) as Inventory['stats'], series: seriesIn(series) };
}

/** The kind of each stat or series, by its name: `cluster.*.upstream_rq_total`, `http2_rx_reset{envoy_cluster_name}`. */
export function kindsOf(inventory: Inventory, of: keyof Inventory): Map<string, string> {
  const nameOf = (group: string, name: string): string =>
    of === 'stats' ? [group, name].filter((part) => part !== '').join('.') : group === '' ? name : `${name}{${group}}`;
  const pairs = Object.entries(inventory[of]).flatMap(([kind, groups]) =>
    Object.entries(groups).flatMap(([group, names]) =>
      names.split(' ').map((name): [string, string] => [nameOf(group, name), kind]),
    ),
  );
  // A name can be of two kinds.
  const kinds = new Map<string, string>();
  for (const [name, kind] of pairs) kinds.set(name, [kinds.get(name) ?? [], kind].flat().join(' and '));
  return kinds;
}

/** `cluster.blue.upstream_rq_total: 0` as `cluster.*.upstream_rq_total`. */
function namesIn(text: string): string[] {
  const lines = text.split('\n').flatMap((line) => /^(.+?): /.exec(line)?.[1] ?? []);
  const names = lines.map((name) =>
    name
      .replace(/^listener\.(?:\[[^\]]*\]_\d+|[\d.]+_\d+|[^.]+)\./, 'listener.*.')
      .replace(/^(cluster|http|tcp|vhost)\.[^.]+\./, '$1.*.'),
  );
  return [...new Set(names)].sort();
}

function groupedNames(names: string[]): Grouped {
  return grouped(
    names.map((name) => {
      const at = name.lastIndexOf('.');
      return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
    }),
  );
}

/** The series of the page `/stats/prometheus`; the buckets, sum and count of a histogram are one. */
function seriesIn(text: string): Inventory['series'] {
  const types = new Map<string, [labels: string, name: string][]>();
  let type = '';
  let family = '';
  for (const line of text.split('\n')) {
    const [, declared, of] = /^# TYPE (\S+) (\w+)/.exec(line) ?? [];
    if (declared !== undefined && of !== undefined) [family, type] = [declared, of];
    const [, labels] = /^[^#{\s][^{\s]*(?:\{([^}]*)\})? /.exec(line) ?? [];
    if (line === '' || line.startsWith('#')) continue;
    const names = [...(labels ?? '').matchAll(/(\w+)="/g)].flatMap(([, label = '']) => (label === 'le' ? [] : label));
    const pairs = types.get(type) ?? [];
    pairs.push([names.join(','), family.replace(/^envoy_/, '')]);
    types.set(type, pairs);
  }
  return Object.fromEntries([...types].map(([name, pairs]) => [name, grouped(pairs)]));
}

function grouped(pairs: (readonly [group: string, name: string] | string[])[]): Grouped {
  const groups = new Map<string, Set<string>>();
  for (const [group = '', name = ''] of pairs) groups.set(group, (groups.get(group) ?? new Set()).add(name));
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([group, names]) => [group, [...names].sort().join(' ')]));
}
