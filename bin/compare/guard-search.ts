import type { Comparison } from '../../helpers/compare/compare.ts';
import { entriesOf } from '../../helpers/compare/entries.ts';
import {
  type Cause,
  claimsUntil,
  type GuardFindings,
  isAsA,
  type Target,
  targetsOf,
} from '../../helpers/compare/guard-causes.ts';
import { guardOf, halvesOf } from '../../helpers/compare/guard-masks.ts';
import type { EnvoyRecord } from '../../helpers/record/record.ts';
import type { Variant } from '../../helpers/record/variants.ts';
import { counted } from '../../helpers/report/wording.ts';
import type { ClaimName } from '../vitest/claim-name.ts';

/** What the search needs of the machine. */
export interface Machine {
  /** The guards that the Envoy of an image defines. */
  guardsOf: (image: string) => Promise<string[]>;
  /** Runs claims on each variant, on a fresh Envoy; undefined where the user has interrupted the runs. */
  run: (variants: Variant[], slugs: string[], claims: ClaimName[]) => Promise<EnvoyRecord[] | undefined>;
}

/** The values that guards are set to: most new behaviour is on by default, some is off. */
const VALUES = [false, true];

/**
 * Looks for the runtime guard that causes each unknown difference: sets guards that only B's binary
 * defines, all at once and half of them at a time, and runs the difference's chapter from its start.
 *
 * @param variant runs B
 * @param log prints a line of progress
 * @returns undefined where nothing was looked for
 */
export async function explainByGuards(
  { a, b, differences }: Pick<Comparison, 'a' | 'b' | 'differences'>,
  variant: Variant,
  log: (line: string) => void,
  machine: Machine,
): Promise<GuardFindings | undefined> {
  const targets = targetsOf(entriesOf(differences));
  const [imageA, imageB] = [a.build?.image, b.build?.image];
  if (targets.length === 0 || imageA === undefined || imageB === undefined) return undefined;
  const began = performance.now();
  const [known, all] = await Promise.all([imageA, imageB].map((image) => machine.guardsOf(image)));
  const guards = (all ?? []).filter((guard) => !known?.includes(guard));
  const what = { slugs: [...new Set(targets.map(({ slug }) => slug))], claims: claimsUntil(targets, b, variant) };
  const search = new GuardSearch(a, { ...variant, leavesEvidence: false }, guards, what, log, machine.run);
  const causes = guards.length > 0 ? await search.causesOf(targets) : new Map<Target, Cause>();
  if (!causes) return undefined;
  return {
    ...{ guards: guards.length, runs: search.runs, ms: Math.round(performance.now() - began) },
    causes: new Map(
      targets.flatMap((target) =>
        target.places.map((place) => [place, causes.get(target) ?? { kind: 'no guard' }] as const),
      ),
    ),
  };
}

/** A run of B with some of its guards set. */
interface Trial {
  name: string;
  value: boolean;
  guards: readonly string[];
}

interface Effects {
  /** Whether B is as A at a target in a trial. */
  on: (target: Target, trial: Trial | undefined) => boolean;
  /** Whether Envoy ran in a trial: some guards exclude each other. */
  ran: (trial: Trial) => boolean;
}

class GuardSearch {
  /** Runs of a chapter so far. */
  runs = 0;
  readonly #a: EnvoyRecord;
  readonly #variant: Variant;
  readonly #guards: string[];
  readonly #what: { slugs: string[]; claims: ClaimName[] };
  readonly #log: (line: string) => void;
  readonly #run: Machine['run'];

  constructor(
    a: EnvoyRecord,
    variant: Variant,
    guards: string[],
    what: { slugs: string[]; claims: ClaimName[] },
    log: (line: string) => void,
    run: Machine['run'],
  ) {
    this.#a = a;
    this.#variant = variant;
    this.#guards = guards;
    this.#what = what;
    this.#log = log;
    this.#run = run;
  }

  /** The causes of targets on which a guard has an effect; undefined where the user has interrupted the search. */
  async causesOf(targets: Target[]): Promise<Map<Target, Cause> | undefined> {
    const whole = VALUES.map((value): Trial => ({ name: `all ${value}`, value, guards: this.#guards }));
    const inWhole = await this.#try(`${this.#guards.length} new guards at once`, whole);
    if (!inWhole) return undefined;
    const setTo = new Map(
      targets.flatMap((target) => {
        const trial = whole.find((each) => inWhole.on(target, each) || !inWhole.ran(each));
        return trial ? [[target, trial.value] as const] : [];
      }),
    );

    const halves = [...new Set(setTo.values())].map((value) => ({
      value,
      pairs: halvesOf(this.#guards).map((pair, bit) =>
        pair.map((guards, half): Trial => ({ name: `half ${bit}.${half} ${value}`, value, guards })),
      ),
    }));
    const inHalf = await this.#try(
      'half of them at a time',
      halves.flatMap(({ pairs }) => pairs.flat()),
    );
    if (!inHalf) return undefined;
    const candidates = [...setTo].map(([target, value]) => {
      const pairs = halves.find((each) => each.value === value)?.pairs ?? [];
      const effects = pairs.map(([one, other]): [boolean, boolean] => [
        inHalf.on(target, one),
        inHalf.on(target, other),
      ]);
      return { target, value, guard: guardOf(this.#guards, effects) };
    });
    return this.#confirmed(candidates);
  }

  /** Runs each candidate alone twice, and B as it is twice. */
  async #confirmed(
    candidates: { target: Target; value: boolean; guard: string | undefined }[],
  ): Promise<Map<Target, Cause> | undefined> {
    const twice = (guards: string[], value: boolean): Trial[] =>
      ['once', 'twice'].map((time) => ({ name: [...guards, value, time].join(' '), value, guards }));
    const alone = new Map(
      candidates.flatMap(({ guard, value }) =>
        guard === undefined ? [] : [[`${guard} ${value}`, twice([guard], value)] as const],
      ),
    );
    const plain = alone.size > 0 ? twice([], false) : [];
    const names = [...alone.keys()].join(', ');
    const inTrial = await this.#try(`${names} alone twice, and none twice`, [...plain, ...[...alone.values()].flat()]);
    if (!inTrial) return undefined;
    return new Map(
      candidates.map(({ target, guard, value }): [Target, Cause] => {
        if (guard === undefined) return [target, { kind: 'several guards' }];
        const trials = alone.get(`${guard} ${value}`) ?? [];
        const confirmed =
          trials.every((trial) => inTrial.on(target, trial)) && plain.every((trial) => !inTrial.on(target, trial));
        return [target, { kind: confirmed ? 'guard' : 'unsteady', guard, value }];
      }),
    );
  }

  async #try(what: string, trials: Trial[]): Promise<Effects | undefined> {
    if (trials.length === 0) return { on: () => false, ran: () => false };
    const { slugs, claims } = this.#what;
    const count = trials.length * slugs.length;
    const size = counted(claims.length, 'claim');
    this.#log(`guards: ${what}: ${counted(count, 'run')} of ${slugs.join(', ')} (${size})`);
    const nameOf = (trial: Trial): string => `${this.#variant.name} with guards: ${trial.name}`;
    const variants = trials.map((trial): Variant => {
      const guards = Object.fromEntries(trial.guards.map((guard) => [guard, trial.value]));
      return { ...this.#variant, name: nameOf(trial), guards };
    });
    const records = await this.#run(variants, slugs, claims);
    this.runs += count;
    if (!records) return undefined;
    const recordOf = (trial: Trial): EnvoyRecord | undefined => records.find(({ name }) => name === nameOf(trial));
    const ran = (trial: Trial): boolean => recordOf(trial)?.build !== undefined;
    for (const trial of trials.filter((each) => !ran(each))) this.#log(`guards: Envoy did not run with ${trial.name}`);
    return {
      ran,
      on: (target, trial) => {
        const record = trial && recordOf(trial);
        return record !== undefined && isAsA(target, this.#a, record);
      },
    };
  }
}
