import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectSettings } from '../../fixtures/project/settings.ts';
import { guardsOf } from '../../fixtures/setup/envoy-guards.ts';
import { isProgram } from '../../fixtures/setup/program-file.ts';
import { type Comparison, compareRecords, slugsOf } from '../../helpers/compare/compare.ts';
import { entriesOf } from '../../helpers/compare/entries.ts';
import { comparisonJson } from '../../helpers/compare/json.ts';
import { comparisonPage } from '../../helpers/compare/markdown.ts';
import { describeComparison } from '../../helpers/compare/terminal.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { VERSIONS } from '../../helpers/envoy/versions.ts';
import { troublesOf } from '../../helpers/record/digest.ts';
import { readRecord } from '../../helpers/record/read-record.ts';
import type { EnvoyRecord, RunRecord } from '../../helpers/record/record.ts';
import {
  binaryVariant,
  imageVariant,
  parseImage,
  repeated,
  type Variant,
  versionVariant,
} from '../../helpers/record/variants.ts';
import { EXIT, SetupError, UsageError } from '../../helpers/util/errors.ts';
import { fromHere } from '../../helpers/util/from-here.ts';
import { given } from '../../helpers/util/given.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import { colours as pc } from '../colours.ts';
import { chooseChapters } from '../run/chapters.ts';
import { runVariants } from '../run/run-chapters.ts';
import { runUnreported } from '../run/unreported-runs.ts';
import { ChapterLines, chapterLinesReporter } from './chapter-lines.ts';
import { explainByGuards } from './guard-search.ts';

export interface CompareOptions {
  failOn: 'any' | 'new' | 'none';
  all?: true;
  markdown?: true;
  json?: true;
  /** The largest number of unknown entries whose causes are looked for; false for none. */
  explain?: number | boolean;
  /** False: reports known changes as unknown differences. */
  knownChanges?: boolean;
}

/** Up to so many unknown entries are explained by default. */
const EXPLAINED = 10;

/** One side of a comparison: a record, or the variant to run for one. */
type Side = { seen: EnvoyRecord; seed?: number } | { variant: Variant };

/**
 * Compares the observed behaviour of two Envoy versions and prints the differences.
 *
 * @param a a known version, an image or a record's file, `FILE@NAME` for one of several Envoy versions in it
 * @param b as `a`
 * @param slugs none for all chapters, or all of a record
 * @returns the exit status
 * @throws UsageError for an unknown side or chapter or an unusable record; SetupError where a run failed before its claims
 */
export async function compareEnvoys(a: string, b: string, slugs: string[], options: CompareOptions): Promise<number> {
  const sideA = await sideOf(a);
  const sideB = repeatedIfSame(await sideOf(b), sideA);
  const chosen = await chaptersOf(sideA, sideB, slugs);
  const again = 'variant' in sideA ? repeated(sideA.variant, 'again') : undefined;
  const seeds = [sideA, sideB].flatMap((side) => ('seen' in side ? [side.seed] : []));
  const [variantA, variantB] = [sideA, sideB].map((side) => ('variant' in side ? [side.variant] : []));
  const variants = [variantA, again, variantB].flatMap((each) => each ?? []).map((each) => inOrderOf(each, seeds[0]));
  const run = variants.length > 0 ? await runEach(variants, chosen) : undefined;
  if (run?.outcome === 'running') return EXIT.interrupted;
  const recordOf = (side: Side): EnvoyRecord => {
    const { chapters, ...rest } = 'seen' in side ? side.seen : partOf(run, side.variant);
    return { ...rest, chapters: chapters.filter(({ slug }) => chosen.includes(slug)) };
  };
  const { changes: own = [] } = await projectSettings();
  const changes = options.knownChanges === false ? [] : [...Object.values(CHANGES), ...own];
  const records = [recordOf(sideA), recordOf(sideB)] as const;
  const againA = given({ a: again && partOf(run, again) });
  const comparison: Comparison = {
    ...compareRecords(...records, changes, againA),
    differentOrder: new Set(seeds).size > 1,
  };

  if ('variant' in sideB) {
    const variant = inOrderOf(sideB.variant, seeds[0]);
    const againB = await runAgain(variant, comparison);
    if (againB === 'interrupted') return EXIT.interrupted;
    if (againB) Object.assign(comparison, compareRecords(...records, changes, { ...againA, b: againB }));
    Object.assign(comparison, await guardsOfDifferences(comparison, variant, options));
  }

  if (options.json) process.stdout.write(`${JSON.stringify(comparisonJson(comparison), null, 1)}\n`);
  else if (options.markdown) process.stdout.write(comparisonPage(comparison, options.all));
  else process.stdout.write(`${describeComparison(comparison, pc, options.all)}\n`);
  const fails = comparison.differences.some(({ status }) => options.failOn === 'any' || status === options.failOn);
  return fails ? EXIT.failed : EXIT.passed;
}

/** A second run of B in the chapters with unknown differences: what it shows once and not again is noise. */
async function runAgain(b: Variant, { differences }: Comparison): Promise<EnvoyRecord | 'interrupted' | undefined> {
  const slugs = [...new Set(differences.flatMap(({ status, slug }) => (status === 'new' ? slug : [])))];
  if (slugs.length === 0) return undefined;
  process.stderr.write(`${b.name} again, to measure noise: ${slugs.join(', ')}\n`);
  const records = await runUnreported([b], slugs);
  return records ? records[0] : 'interrupted';
}

/** The guards that cause unknown differences, where these are not too many. */
async function guardsOfDifferences(
  comparison: Comparison,
  variant: Variant,
  { explain = true }: CompareOptions,
): Promise<Pick<Comparison, 'guards'>> {
  const limit = explain === true ? EXPLAINED : Number(explain);
  const { length } = entriesOf(comparison.differences).unknown;
  if (length === 0 || length > limit) return {};
  const print = (line: string): boolean => process.stderr.write(`${line}\n`);
  try {
    return given({ guards: await explainByGuards(comparison, variant, print, { guardsOf, run: runUnreported }) });
  } catch (error) {
    // The comparison itself is complete.
    if (!(error instanceof SetupError)) throw error;
    print(`guards: not looked for: ${error.message}`);
    return {};
  }
}

/** Runs each chapter on the variants with a line for it on stderr. @throws SetupError where the set-up failed */
async function runEach(variants: Variant[], slugs: string[]): Promise<RunRecord> {
  const print = (line: string): boolean => process.stderr.write(`${line}\n`);
  const progress = chapterLinesReporter(new ChapterLines(print));
  const { record, refused } = await runVariants(variants, slugs, { quiet: true, progress });
  if (refused) throw refused;
  for (const error of record.errors) print(`bigbook: ${error}`);
  const report = fromHere(join(projectRoot, 'reports', record.id, 'report.html'));
  if (record.outcome === 'running') print(`interrupted before all claims ran; partial report: ${report}`);
  else if (troublesOf(record).length > 0) print(`not every claim passed; report: ${report}`);
  return record;
}

async function sideOf(text: string): Promise<Side> {
  const version = text.replace(/^v(?=\d)/, '');
  if (VERSIONS.includes(version)) return { variant: versionVariant(version) };
  if (await isProgram(text)) return { variant: binaryVariant(text) };
  const [, file = text, name] = /^(.*\.json)@(.+)$/.exec(text) ?? [];
  if (file.endsWith('.json') || existsSync(file)) {
    const record = await readRecord(file);
    return { seen: envoyIn(record, file, name), ...given({ seed: record.seed }) };
  }
  if (/[/:@]/.test(text)) return { variant: imageVariant(parseImage(text)) };
  throw new UsageError(unknownName('version, image, program file or record', text, VERSIONS));
}

/** Runs claims in the order of the compared record, else in file order: observations depend on it. */
function inOrderOf(variant: Variant, seed: number | undefined): Variant {
  if (seed === undefined) return { ...variant, inOrder: true };
  process.env.BIGBOOK_SEED = String(seed);
  return variant;
}

function envoyIn({ envoys }: RunRecord, file: string, name?: string): EnvoyRecord {
  const names = envoys.map((envoy) => envoy.name);
  const [only, ...more] = envoys;
  if (!only) throw new UsageError(`the record ${file} holds no Envoy version: no claim ran`);
  if (name === undefined && more.length > 0)
    throw new UsageError(
      `the record ${file} holds ${envoys.length} Envoy versions, expected one; select one of ${names.join(', ')}: ${file}@${only.name}`,
    );
  const found = name === undefined ? only : envoys.find((envoy) => envoy.name === name);
  if (!found) throw new UsageError(`${file}: ${unknownName('Envoy version', name ?? '', names)}`);
  return found;
}

/** Gives B a different name where it is the variant A: names of a run's variants are unique. */
function repeatedIfSame(b: Side, a: Side): Side {
  return 'variant' in a && 'variant' in b && a.variant.name === b.variant.name
    ? { variant: repeated(b.variant, 'once more') }
    : b;
}

/** The named chapters, or all, that every given record has. */
async function chaptersOf(a: Side, b: Side, slugs: string[]): Promise<string[]> {
  const chosen = await chooseChapters(slugs);
  const shared = chosen.filter((slug) =>
    [a, b].every((side) => !('seen' in side) || slugsOf(side.seen).includes(slug)),
  );
  if (shared.length === 0)
    throw new UsageError(`no chapter to compare: the two sides share none of ${chosen.join(', ')}`);
  return shared;
}

function partOf(record: RunRecord | undefined, { name }: Variant): EnvoyRecord {
  const part = record?.envoys.find((envoy) => envoy.name === name);
  if (part) return part;
  const why = record?.errors.map((error) => `: ${error}`).join('') ?? '';
  throw new SetupError(`Envoy ${name}`, `no claim ran on it${why}`);
}
