import { stat } from 'node:fs/promises';
import { BaseSequencer, type TestModule, type TestSpecification, type Vitest } from 'vitest/node';
import { isVariant } from '../../helpers/record/variants.ts';
import { faultOf, withoutVariant, withPaths } from '../../helpers/scenario/suite-files.ts';
import { type Durations, durationKey, estimated, keepDurations, readDurations } from './chapter-durations.ts';

/**
 * Starts the longest chapters and trials first, so that the workers end together. Those of a project stay
 * together, as a worker serves one project; so do the Envoys of a chapter, which share its lab. Shards are
 * vitest's own: they depend on paths alone, and are the same on every machine.
 */
export default class LongestFirst extends BaseSequencer {
  constructor(vitest: Vitest) {
    super(vitest);
    vitest.onClose(() => keepDurations(durationsOf(vitest)));
  }

  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const chapters = specifications.filter(({ project }) => isVariant(project.name));
    const others = specifications.filter(({ project }) => !isVariant(project.name));
    const ids = [...new Set(chapters.map(({ moduleId }) => moduleId))];
    const sizes = await Promise.all(ids.map(async (id) => [id, await sizeOf(id)] as const));
    const estimates = estimated(new Map(sizes), await readDurations());
    const longest = ({ moduleId }: TestSpecification): number => estimates.get(moduleId) ?? 0;
    chapters.sort(
      (a, b) =>
        compared(a.project.name, b.project.name) || longest(b) - longest(a) || compared(chapterOf(a), chapterOf(b)),
    );
    return [...chapters, ...(await super.sort(others))];
  }

  /** All Envoys of a chapter belong to one shard. */
  override async shard(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const firsts = new Map(specifications.toReversed().map((each) => [chapterOf(each), each]));
    const chosen = new Set((await super.shard([...firsts.values()])).map(chapterOf));
    return specifications.filter((each) => chosen.has(chapterOf(each)));
  }
}

/** What the modules of a chapter on several Envoys have in common. */
function chapterOf({ project, moduleId }: TestSpecification): string {
  return `${project.name} ${withoutVariant(moduleId)}`;
}

function compared(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

async function sizeOf(moduleId: string): Promise<number> {
  // Vitest reports a file that does not exist.
  return stat(withPaths(moduleId)).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The durations of whole chapters that passed, and of whole trials; each with the slowest Envoy. */
function durationsOf(vitest: Vitest): Durations {
  const durations: Durations = {};
  if (vitest.getGlobalTestNamePattern() !== undefined) return durations;
  for (const module of vitest.state.getTestModules().filter(isWhole)) {
    const key = durationKey(module.moduleId);
    durations[key] = Math.max(Math.round(module.diagnostic().duration), durations[key] ?? 0);
  }
  return durations;
}

/** Whether the duration of a module is one to remember: mutations end with the first claim that fails. */
function isWhole({ project, moduleId, children }: TestModule): boolean {
  if (!isVariant(project.name) || project.config.provide.variant?.injects === 'mutations') return false;
  const states = [...children.allTests()].map((test) => test.result().state);
  const ran = faultOf(moduleId) === undefined ? ['passed'] : ['passed', 'failed'];
  return states.length > 0 && states.every((state) => ran.includes(state));
}
