import { type Inventory, kindsOf } from '../../envoy/stats-inventory.ts';

/** A change of the names of stats or Prometheus series. */
export interface MetricChange {
  kind: 'removed' | 'renamed' | 'labels' | 'type' | 'added';
  /** `stat tcmalloc.released_by_timer`, `Prometheus series envoy_sds_server_*`. */
  place: string;
  a: string[];
  b: string[];
}

/** Stats of the memory allocator, on which no config has an influence. */
const ALLOCATOR = /^tcmalloc[._]/;

/** A Prometheus series: its name, and its labels in their order. */
interface Series {
  name: string;
  labels: string[];
  type: string;
}

/** The changes of names from one inventory to the other; renamed ones in pairs. */
export function metricChanges(a: Inventory, b: Inventory): MetricChange[] {
  const [seriesA, seriesB] = [seriesOf(a), seriesOf(b)];
  const [gone, fresh] = [without(seriesA, seriesB), without(seriesB, seriesA)];
  const relabelled = pairs(gone, fresh, sameName);
  const renamed = pairs(gone, fresh, (one, other) => !relabelled.has(one) && segmentBetween(one, other) !== undefined);
  const paired = new Set([...relabelled.values(), ...renamed.values()]);
  const removedSeries = gone.filter((one) => !relabelled.has(one) && !renamed.has(one));
  const addedSeries = fresh.filter((one) => !paired.has(one));
  const [statsA, statsB] = [kindsOf(a, 'stats'), kindsOf(b, 'stats')];
  const removedStats = [...statsA.keys()].filter((name) => !statsB.has(name) && !ALLOCATOR.test(name));
  const addedStats = [...statsB.keys()].filter((name) => !statsA.has(name));
  const exported = new Set(removedStats.map(seriesName));
  return [
    ...renamedGroups(renamed),
    ...[...relabelled].map(
      ([one, other]): MetricChange => ({
        ...{ kind: 'labels', place: `Prometheus series envoy_${one.name}` },
        ...{ a: [seriesText(one)], b: [seriesText(other)] },
      }),
    ),
    ...typeChanges(seriesA, seriesB),
    ...removedGroups(removedStats),
    ...removedSeries
      .filter(({ name }) => !exported.has(name))
      .map((one): MetricChange => removed(`Prometheus series envoy_${one.name}`, seriesText(one))),
    ...added(addedStats, addedSeries),
  ];
}

/** Names of one parent are one change. */
function removedGroups(stats: string[]): MetricChange[] {
  const groups = new Map<string, string[]>();
  for (const name of stats) {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    groups.set(parent, [...(groups.get(parent) ?? []), name]);
  }
  return [...groups].map(([parent, names]) => ({
    ...{ kind: 'removed', place: names.length === 1 ? `stat ${names[0]}` : `stats ${parent}.*` },
    ...{ a: names, b: [] },
  }));
}

const removed = (place: string, text: string): MetricChange => ({ kind: 'removed', place, a: [text], b: [] });

function added(stats: string[], series: Series[]): MetricChange[] {
  const exported = new Set(stats.map(seriesName));
  const names = [...stats, ...series.filter(({ name }) => !exported.has(name)).map(seriesText)];
  return names.length === 0 ? [] : [{ kind: 'added', place: 'stats and Prometheus series', a: [], b: names }];
}

function typeChanges(a: Series[], b: Series[]): MetricChange[] {
  const others = new Map(b.map((one) => [seriesText(one), one.type]));
  return a.flatMap((one): MetricChange[] => {
    const type = others.get(seriesText(one));
    if (type === undefined || type === one.type) return [];
    return [{ kind: 'type', place: `Prometheus series ${seriesText(one)}`, a: [one.type], b: [type] }];
  });
}

function seriesOf(inventory: Inventory): Series[] {
  const all = [...kindsOf(inventory, 'series')].filter(([text]) => !ALLOCATOR.test(text));
  return all.map(([text, type]) => {
    const [, name = text, labels = ''] = /^([^{]*)(?:\{(.*)\})?$/.exec(text) ?? [];
    return { name, labels: labels.split(',').filter((label) => label !== ''), type };
  });
}

function without(series: Series[], others: Series[]): Series[] {
  const known = new Set(others.map(seriesText));
  return series.filter((one) => !known.has(seriesText(one)));
}

/** `envoy_sds_update_success{envoy_xds_resource_name}`. */
function seriesText({ name, labels }: Series): string {
  return `envoy_${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''}`;
}

/** `cluster_ssl_handshake` of the stat `cluster.*.ssl.handshake`. */
function seriesName(stat: string): string {
  return stat.replaceAll('.*', '').replaceAll(/[^A-Za-z0-9_]/g, '_');
}

function pairs(gone: Series[], fresh: Series[], match: (one: Series, other: Series) => boolean): Map<Series, Series> {
  return new Map(
    gone.flatMap((one): [Series, Series][] => {
      const other = fresh.find((each) => match(one, each));
      return other ? [[one, other]] : [];
    }),
  );
}

const sameName = (one: Series, other: Series): boolean => one.name === other.name;

/**
 * The part of a name that the other has in a label: `server` of `sds_server_update_success` beside
 * `sds_update_success{envoy_xds_resource_name}`.
 */
function segmentBetween(one: Series, other: Series): string | undefined {
  const more = other.labels.some((label) => !one.labels.includes(label));
  if (!more || one.type !== other.type || !one.labels.every((label) => other.labels.includes(label))) return undefined;
  const words = other.name.split('_');
  for (let at = 1; at < words.length; at++) {
    const [before, after] = [`${words.slice(0, at).join('_')}_`, `_${words.slice(at).join('_')}`];
    const segment = one.name.slice(before.length, one.name.length - after.length);
    if (segment !== '' && one.name === `${before}${segment}${after}`) return segment;
  }
  return undefined;
}

/** Series that lose a part of their names before the same words, in one change: `envoy_sds_server_*`. */
function renamedGroups(renamed: Map<Series, Series>): MetricChange[] {
  const groups = new Map<string, { parts: Set<string>; pairs: [Series, Series][] }>();
  for (const [one, other] of renamed) {
    const segment = segmentBetween(one, other) ?? '';
    const before = one.name.slice(0, one.name.indexOf(segment));
    const group = groups.get(before) ?? { parts: new Set(), pairs: [] };
    group.parts.add(segment);
    group.pairs.push([one, other]);
    groups.set(before, group);
  }
  return [...groups].map(([before, { parts, pairs }]) => ({
    ...{
      kind: 'renamed',
      place: `Prometheus series ${[...parts].map((part) => `envoy_${before}${part}_*`).join(', ')}`,
    },
    ...{ a: pairs.map(([one]) => seriesText(one)), b: [...new Set(pairs.map(([, other]) => seriesText(other)))] },
  }));
}
