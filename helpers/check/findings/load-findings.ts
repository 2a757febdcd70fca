import { STAT_CHANGES } from '../../envoy/changes/stat.ts';
import { type Change, hasChange } from '../../envoy/known-changes.ts';
import { counted } from '../../report/wording.ts';
import { given } from '../../util/given.ts';
import type { Cause, Finding, Level } from '../finding.ts';
import type { CheckInput } from '../input.ts';
import { deprecatedIn } from '../load/deprecations.ts';
import type { Loaded, LogKind } from '../load/loaded.ts';
import type { LoadResult } from '../report.ts';
import { findingCode } from './finding-code.ts';
import { type MetricChange, metricChanges } from './metric-changes.ts';

/** The names that one line lists. */
const LISTED = 12;

/**
 * The findings of two loads of one config, without any request. Of versions that are not live, there is
 * less to compare.
 */
export function loadFindings(a: Loaded, b: Loaded, { name }: Pick<CheckInput, 'name'>): Finding[] {
  const outcome = outcomeFindings(a.result, b.result, name);
  const outcomes = [a.result.outcome, b.result.outcome];
  // An Envoy that waits for a control plane has read the bootstrap.
  if (outcomes.some((each) => each !== 'live' && each !== 'never live')) return outcome;
  const ofConfig = [...outcome, ...deprecationFindings(a, b), ...guardFindings(a, b)];
  if (outcomes.includes('never live')) return ofConfig;
  return [...ofConfig, ...logFindings(a, b), ...metricFindings(a, b)];
}

const LEVEL_OF: Record<Exclude<LoadResult['outcome'], 'live'>, Level> = {
  refused: 'refused',
  crashed: 'crash',
  'never live': 'never-live',
};

const LOADS: Record<LoadResult['outcome'], string> = {
  live: 'takes the config',
  refused: 'refuses the config',
  crashed: 'crashes with the config',
  'never live': 'does not become live',
};

function outcomeFindings(a: LoadResult, b: LoadResult, config: string): Finding[] {
  const worse = b.outcome === 'live' ? a : b;
  if (worse.outcome === 'live') return [];
  if (a.outcome === b.outcome && a.outcome !== 'crashed') return [];
  const level = LEVEL_OF[worse.outcome];
  const { field, line, why } = worse;
  const what =
    a.outcome === b.outcome
      ? `both versions crash with the config: ${why}`
      : `${a.envoy} ${LOADS[a.outcome]}, ${b.envoy} ${LOADS[b.outcome]}: ${why}`;
  return [
    {
      ...{ code: findingCode(level, [a.outcome, b.outcome, why]), level, place: field ?? config, what, count: 1 },
      ...given({ line, a: textOf(a), b: textOf(b) }),
    },
  ];
}

const textOf = ({ outcome, why }: LoadResult): string => (why === undefined ? outcome : `${outcome}: ${why}`);

function deprecationFindings(a: Loaded, b: Loaded): Finding[] {
  const known = new Set(a.deprecations.map(({ field }) => field));
  return b.deprecations
    .filter(({ field }) => !known.has(field))
    .map(({ field, lines }) => ({
      ...{ code: findingCode('deprecation', field), level: 'deprecation', place: field },
      what: `the field ${shortField(field)} is deprecated`,
      ...{ b: 'Envoy warns that the field will be removed', count: Math.max(1, lines.length) },
      ...given({ line: lines[0] }),
    }));
}

/** `RegexMatcher.google_re2` of `envoy.type.matcher.v3.RegexMatcher.google_re2`. */
const shortField = (field: string): string => field.split('.').slice(-2).join('.');

/** Guards that B no longer has: the config sets them without effect. */
function guardFindings(a: Loaded, b: Loaded): Finding[] {
  const known = new Set(a.removedGuards.map(({ name }) => name));
  return b.removedGuards
    .filter(({ name }) => !known.has(name))
    .map(({ name, line }) => ({
      ...{ code: findingCode('deprecation', ['guard', name]), level: 'deprecation', place: name },
      what: `the runtime guard ${name} is removed: the config sets it without effect, and later versions refuse it`,
      ...given({ line, a: setText(a.guardsSet[name] ?? b.guardsSet[name]) }),
      ...{ b: 'removed', count: 1 },
    }));
}

const setText = (value: boolean | undefined): string => (value === undefined ? 'set' : `set to ${value}`);

/** Messages of other kinds: about the config, where they warn of it, else texts of the log. */
function logFindings(a: Loaded, b: Loaded): Finding[] {
  const fresh = without(b.log, a.log).map((kind): Finding => {
    const level = kind.level === 'warning' ? 'deprecation' : 'log';
    return {
      ...{ code: findingCode(level, kind.kind), level, place: `Envoy’s log, ${kind.component}` },
      ...{ what: `new ${kind.level}: ${kind.text}`, b: kind.text, count: 1 },
    };
  });
  const gone = without(a.log, b.log).map(
    (kind): Finding => ({
      ...{ code: findingCode('log', ['gone', kind.kind]), level: 'log', place: `Envoy’s log, ${kind.component}` },
      ...{ what: `${kind.level} no longer occurs: ${kind.text}`, a: kind.text, count: 1 },
    }),
  );
  return [...fresh, ...gone];
}

/** Kinds that the others lack; deprecated fields and removed guards have findings of their own. */
function without(kinds: LogKind[], others: LogKind[]): LogKind[] {
  const known = new Set(others.map(({ kind }) => kind));
  return kinds.filter(
    (kind) => !known.has(kind.kind) && deprecatedIn(kind) === undefined && !kind.text.includes('Using a removed guard'),
  );
}

function metricFindings(a: Loaded, b: Loaded): Finding[] {
  if (!a.inventory || !b.inventory) return [];
  return metricChanges(a.inventory, b.inventory).map((change) => {
    const level = change.kind === 'added' ? 'added' : 'metric';
    return {
      ...{ code: findingCode(level, [change.kind, change.place]), level, place: change.place, what: wordsOf(change) },
      ...{ count: Math.max(change.a.length, change.b.length) },
      ...given({ a: listed(change.a), b: listed(change.b), cause: causeOf(change, a.result, b.result) }),
    };
  });
}

function wordsOf({ kind, place, a, b }: MetricChange): string {
  if (kind === 'added') return `${counted(b.length, 'name')} of ${place} ${b.length === 1 ? 'is' : 'are'} new`;
  if (kind === 'removed') return a.length === 1 ? `the ${place} is removed` : `${a.length} ${place} are removed`;
  if (kind === 'type') return `the ${place} is a ${b[0]}, not a ${a[0]}`;
  if (kind === 'labels') return `the ${place} has other labels: ${a[0]} → ${b[0]}`;
  return `${counted(a.length, 'Prometheus series', 'Prometheus series')} ${a.length === 1 ? 'is' : 'are'} renamed: ${a[0]} → ${b[0]}`;
}

function listed(names: string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > LISTED ? [`and ${names.length - LISTED} more`] : [];
  return [...names.slice(0, LISTED), ...more].join(', ');
}

/** The known change that removes or renames a name. */
function causeOf({ kind, a }: MetricChange, one: LoadResult, other: LoadResult): Cause | undefined {
  const [name] = a;
  if ((kind !== 'removed' && kind !== 'renamed') || name === undefined || !one.build || !other.build) return undefined;
  const paths = [`inventory.stats.${name}`, `inventory.series.${name.replace(/^envoy_/, '')}`];
  const change = Object.values<Change>(STAT_CHANGES).find(({ shows }) =>
    shows.some(({ path, after }) => after?.test('') && paths.some((each) => path.test(each))),
  );
  if (!change || hasChange(change, one.build.version) || !hasChange(change, other.build.version)) return undefined;
  return { kind: 'known change', since: [change.since].flat().join(', '), what: change.what, source: change.source };
}
