import { RECORDED, RECORDED_KINDS } from '../exchange/observers/registry.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { type ChapterEvidence, distilChapter, type ExchangeEvidence } from './page-data.ts';
import { distilEnvoy, type EnvoysEvidence, versionOf } from './versions-data.ts';

/** Evidence by the slug of its chapter. */
export type EvidenceBySlug = Map<string, ChapterEvidence>;

/** The pages that differ from what would be generated now, a line each. */
export function pageDifferences(wouldBe: Map<string, string>, are: Map<string, string>): string[] {
  const differing = [...wouldBe].flatMap(([name, text]) => {
    const is = are.get(name);
    if (is === undefined) return [`docs/${name} is missing`];
    return is === text ? [] : [`docs/${name}: ${firstDifference(is, text)}`];
  });
  const left = [...are.keys()].filter((name) => !wouldBe.has(name));
  return [...differing, ...left.map((name) => `docs/${name} is a page of nothing that is there`)];
}

/** Chapters and claims without evidence, and evidence without them, a line each. */
export function evidenceGaps(titles: Map<string, string[]>, evidence: EvidenceBySlug): string[] {
  const orphans = [...evidence.keys()].filter((slug) => !titles.has(slug));
  const gaps = [...titles].flatMap(([slug, declared]) => {
    const file = `docs/evidence/${slug}.json`;
    const there = evidence.get(slug);
    if (!there) return [`${file} is missing: the chapter has no evidence`];
    const seen = there.claims.map(({ title }) => title);
    const lacking = declared.filter((title) => !seen.includes(title));
    const undeclared = seen.filter((title) => !declared.includes(title));
    return [
      ...lacking.map((title) => `${file} has nothing on the claim "${title}"`),
      ...undeclared.map((title) => `${file} has evidence of a claim that is not declared: "${title}"`),
      ...(there.trace ? [] : [`${file} has no trace`]),
    ];
  });
  return [...orphans.map((slug) => `docs/evidence/${slug}.json is of a chapter that is not there`), ...gaps];
}

/**
 * The differences between a whole record and the evidence of the same version, a line each. Traces
 * and unsteady observations depend on timing and are not compared.
 *
 * @param name the record's name in a line
 * @returns `elsewhere` where kernel or rule tools differ: then nothing is compared
 */
export function recordDifferences(
  envoys: EnvoysEvidence,
  evidence: EvidenceBySlug,
  record: EnvoyRecord,
  name: string,
): { differences: string[]; elsewhere?: string } {
  const version = versionOf(record);
  const known = envoys.envoys.find((envoy) => envoy.version === version);
  const now = distilEnvoy(record);
  if (!known || !now) return { differences: [] };
  if (known.ground !== now.ground) {
    const elsewhere = `${name} is not compared: it was made on ${now.ground}, the evidence on ${known.ground}`;
    return { differences: [], elsewhere };
  }
  const differences = record.chapters.flatMap((chapter) => {
    const committed = evidence.get(chapter.slug);
    return committed?.envoy === version ? claimDifferences(committed, distilChapter(chapter, version), name) : [];
  });
  if (JSON.stringify(known) !== JSON.stringify(now))
    differences.unshift(`docs/evidence/envoys.json says otherwise of Envoy ${version} than ${name}`);
  return { differences };
}

function claimDifferences(committed: ChapterEvidence, now: ChapterEvidence, name: string): string[] {
  return now.claims.flatMap(({ title, exchanges }) => {
    const before = committed.claims.find((claim) => claim.title === title);
    // evidenceGaps reports a claim without evidence.
    if (!before) return [];
    const text = (seen: ExchangeEvidence[]): string => JSON.stringify(seen.map(withoutChance), null, 1);
    const [is, wouldBe] = [text(before.exchanges), text(exchanges)];
    if (is === wouldBe) return [];
    return [`docs/evidence/${now.slug}.json, "${title}": ${firstDifference(is, wouldBe)}, by ${name}`];
  });
}

function withoutChance({ did, saw }: ExchangeEvidence): ExchangeEvidence {
  const steady = RECORDED_KINDS.map((kind) => [kind, saw[kind]?.map((line) => RECORDED[kind].steady?.(line) ?? line)]);
  return { did, saw: Object.fromEntries(steady) };
}

function firstDifference(is: string, wouldBe: string): string {
  const [a, b] = [is.split('\n'), wouldBe.split('\n')];
  const at = a.findIndex((text, index) => text !== b[index]);
  const line = at < 0 ? a.length : at;
  return `line ${line + 1} is ${shown(a[line])}, and would be ${shown(b[line])}`;
}

function shown(line: string | undefined): string {
  if (line === undefined) return 'not there';
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line);
}
