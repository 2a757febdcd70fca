import type { ChapterRecord, ClaimRecord } from './record.ts';

/** The result of a mutation of the sweep. */
export interface Swept {
  slug: string;
  fault: string;
  /**
   * `detected`: a claim failed; `refused`: the lab does not start; `accepted`: survived for a known reason;
   * `error`: a claim ended in an error, and none failed.
   */
  outcome: 'detected' | 'refused' | 'accepted' | 'survived' | 'error';
  /** The claim that detected it and how it failed, what refused it, or the reason. */
  by?: string;
  /** The result is from an earlier run with equal inputs. */
  reused?: true;
}

/**
 * @param trial the record of the chapter with the mutation; it ends with the first claim that fails
 * @param reason why no claim can detect it, where the chapter accepts that
 */
export function sweptOf({ claims, labStartMs }: ChapterRecord, reason?: string): Pick<Swept, 'outcome' | 'by'> {
  const firstLine = ({ error = '' }: ClaimRecord): string => error.split('\n', 1)[0] ?? '';
  const failed = claims.find(({ outcome }) => outcome === 'failed');
  if (failed) return { outcome: 'detected', by: `${failed.title}: ${firstLine(failed)}` };
  if (claims.length === 0) return { outcome: 'error', by: 'no claim ran' };
  const inError = claims.find(({ outcome }) => outcome === 'error');
  if (inError && labStartMs === undefined) return { outcome: 'refused', by: firstLine(inError) };
  if (inError) return { outcome: 'error', by: `${inError.title}: ${firstLine(inError)}` };
  return reason === undefined ? { outcome: 'survived' } : { outcome: 'accepted', by: reason };
}

/**
 * Splits trials into batches to run one after another. A batch holds no two alike trials, so one whose
 * like was detected in an earlier batch is left out.
 *
 * @param alikeOf as in `judgeAlike`
 * @param detected whether a trial with this key was detected by now
 */
export function* unlikeBatches<T>(
  trials: T[],
  alikeOf: (trial: T) => string | undefined,
  detected: (key: string) => boolean,
): Generator<T[]> {
  let left = trials;
  while (left.length > 0) {
    const keys = new Set<string>();
    const later: T[] = [];
    const batch = left.filter((trial) => {
      const key = alikeOf(trial);
      if (key === undefined) return true;
      if (detected(key)) return false;
      if (keys.has(key)) later.push(trial);
      return keys.size < keys.add(key).size;
    });
    if (batch.length > 0) yield batch;
    left = later;
  }
}

/**
 * What several chapters have alike survives only where no chapter detects it.
 *
 * @param alikeOf equal for the same mutation of several chapters; undefined for one of a single chapter
 * @param whole whether every chapter was swept; where not, another one may detect it
 */
export function judgeAlike(swept: Swept[], alikeOf: (each: Swept) => string | undefined, whole: boolean): Swept[] {
  const detected = new Set(swept.filter(({ outcome }) => outcome === 'detected').map(alikeOf));
  return swept.map((each) => {
    const alike = alikeOf(each);
    if (each.outcome !== 'survived' || alike === undefined || (whole && !detected.has(alike))) return each;
    return { ...each, outcome: 'accepted', by: 'other chapters have it alike' };
  });
}

/**
 * The reasons that excuse nothing: of mutations that are detected, or that there are none of.
 *
 * @param accepted the names of accepted mutations, by chapter
 * @param shared what matches the names of mutations that are accepted in every chapter
 */
export function staleReasons(swept: Swept[], accepted: Map<string, string[]>, shared: RegExp[]): string[] {
  const own = [...accepted].flatMap(([slug, faults]) => {
    const here = swept.filter((each) => each.slug === slug);
    const needed = new Set(here.filter(({ outcome }) => outcome === 'accepted').map(({ fault }) => fault));
    return here.length > 0 ? faults.filter((fault) => !needed.has(fault)).map((fault) => `${slug}: ${fault}`) : [];
  });
  const idle = shared.filter((pattern) => {
    const met = swept.filter(({ fault }) => pattern.test(fault));
    return met.length > 0 && !met.some(({ outcome }) => outcome === 'accepted');
  });
  return [...own, ...idle.map((pattern) => `every chapter: ${pattern}`)];
}
