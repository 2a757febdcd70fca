import { type Difference, differencesOf, placeOf } from '../../compare/differences.ts';
import { changeOf, generalPath } from '../../compare/entries.ts';
import { type Explained, explain } from '../../compare/explain.ts';
import type { Found } from '../../compare/found.ts';
import type { Change } from '../../envoy/changes/change.ts';
import type { Observation } from '../../exchange/observation.ts';
import { claimsOf } from '../../record/record.ts';
import { given } from '../../util/given.ts';
import type { Finding } from '../finding.ts';
import type { CheckRequest } from '../request.ts';
import { isSecretHeader } from '../secrets.ts';
import { decisionOf } from './access.ts';
import type { AskFinding } from './ask-finding.ts';
import { withoutConsequences } from './consequences.ts';
import { findingCode } from './finding-code.ts';
import { joinedHeaders } from './joined-headers.ts';
import { levelOf } from './level.ts';
import { type FourRecords, noiseOf } from './noise.ts';
import { changeWords, isExit, placeWords } from './place-words.ts';

export interface AskFindings {
  findings: AskFinding[];
  /** The number of places where a version differs from itself, or that depend on time. */
  noise: number;
  /** The number of differences that follow from others: of lengths, logs and counters. */
  followed: number;
  /** The known changes that show in any difference, also in one that follows from another. */
  seen: ReadonlySet<Change>;
}

/** The findings of four records of the same requests. */
export function askFindings(
  records: FourRecords,
  requests: readonly CheckRequest[],
  changes: readonly Change[],
): AskFindings {
  const { a, b } = records;
  const noise = noiseOf(records);
  const found = differencesOf(a, b).filter(({ path }) => !/^inventory\b/.test(path));
  const steady = explain(
    found.filter((difference) => !noise.has(difference)),
    a,
    b,
    changes,
  );
  const { kept: real, followed } = withoutConsequences(steady);
  const codes = new Map(requests.map(({ title, code }) => [title, code]));
  const groups = new Map<string, Explained[]>();
  for (const difference of real) {
    const level = levelIn(difference, records);
    const code = findingCode(level, kindOf({ ...difference, level }));
    groups.set(code, [...(groups.get(code) ?? []), difference]);
  }
  const findings = joinedHeaders(
    [...groups].flatMap(([code, differences]): AskFinding[] => {
      const [first] = differences;
      if (!first) return [];
      const level = levelIn(first, records);
      const request = codes.get(first.claim);
      const place = first.claim === '' ? placeWords(first.path) : first.claim;
      const count = new Set(differences.map(({ claim, exchange, path }) => [claim, exchange, path].join('\0'))).size;
      const shown = withoutSecrets(first);
      const { a: one, b: other } = shown;
      const finding: Finding = {
        ...{ code, level, place, what: changeWords(shown), count },
        ...given({ a: one, b: other, request }),
      };
      return [{ finding, differences }];
    }),
  );
  const inTwo = [...decisionFindings(records, codes), ...crashesOnBoth(records, codes)];
  const excluded = [...noise.differences, ...found.filter(noise.has)];
  return {
    findings: [...findings, ...inTwo.map((finding) => ({ finding, differences: [] }))],
    noise: new Set(excluded.map(placeOf)).size,
    followed,
    seen: new Set(steady.flatMap(({ change }) => change ?? [])),
  };
}

/** The values of headers such as Authorization are compared, but never shown. */
function withoutSecrets({ path, a, b }: Difference): Found {
  const [, header = ''] = /\.headers\.([\w-]+?)(\[\d+\])?( in order)?$/.exec(path) ?? [];
  if (!isSecretHeader(header) || path.endsWith(' in order')) return { path, ...given({ a, b }) };
  return { path, ...given({ a: a && '<secret>', b: b && (a === undefined ? '<secret>' : '<another secret>') }) };
}

/** A counter that A does not have is an added name. */
function levelIn(difference: Difference, { a }: FourRecords): Finding['level'] {
  const level = levelOf(difference);
  const [, name] = /^stats\.(.*)$/.exec(difference.path) ?? [];
  if (name === undefined || difference.a !== undefined || level !== 'metric') return level;
  const known = claimsOf(a).some(({ observations }) => observations.some(({ stats }) => name in stats));
  return known ? level : 'added';
}

/** What is equal for one change in many places. A counter is one change, however much it moves. */
function kindOf({ path, a, b, level }: Difference & { level: Finding['level'] }): unknown {
  const place = generalPath(path);
  return /^stats\./.test(path) && level !== 'tls' ? [place] : [place, changeOf(place, a, b)];
}

/** Requests that one version allows and the other denies. */
function decisionFindings({ a, b }: FourRecords, codes: Map<string, string>): Finding[] {
  const groups = new Map<string, { title: string; count: number; a: string; b: string }>();
  for (const [title, one, other] of pairsOf(a, b)) {
    const [was, is] = [decisionOf(one), decisionOf(other)];
    if (was === undefined || is === undefined || was === is) continue;
    const key = `${was} → ${is}`;
    const known = groups.get(key) ?? { title, count: 0, a: was, b: is };
    groups.set(key, { ...known, count: known.count + 1 });
  }
  return [...groups].map(([key, { title, count, a: was, b: is }]) => ({
    ...{
      code: findingCode('access', key),
      level: 'access',
      place: title,
      what: `request ${key}`,
      a: was,
      b: is,
      count,
    },
    ...given({ request: codes.get(title) }),
  }));
}

/** Crashes that both versions share: no difference, but a finding. */
function crashesOnBoth({ a, b }: FourRecords, codes: Map<string, string>): Finding[] {
  const both = pairsOf(a, b).filter((pair) => [pair[1], pair[2]].every(({ crashes }) => (crashes ?? []).length > 0));
  const [first] = both;
  if (!first) return [];
  const [title, one, other] = first;
  const ends = [...one.crashes, ...other.crashes].every(isExit) ? 'exits' : 'crashes';
  return [
    {
      ...{ code: findingCode('crash', 'both'), level: 'crash', place: title, what: `Envoy ${ends} on both versions` },
      ...{ a: one.crashes.join(' '), b: other.crashes.join(' '), count: both.length },
      ...given({ request: codes.get(title) }),
    },
  ];
}

function pairsOf(a: FourRecords['a'], b: FourRecords['b']): [title: string, a: Observation, b: Observation][] {
  const others = new Map(claimsOf(b).map((claim) => [claim.title, claim.observations]));
  return claimsOf(a).flatMap(({ title, observations }) =>
    observations.flatMap((one, at): [string, Observation, Observation][] => {
      const other = others.get(title)?.[at];
      return other ? [[title, one, other]] : [];
    }),
  );
}
