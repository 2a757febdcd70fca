/** A claim in vitest's tree of a file. */
interface ClaimTask {
  type: 'test';
  /** `run` unless it is skipped. */
  mode: string;
  meta: { changesEnvoy?: boolean };
}

/** A file or a `describe` in vitest's tree. */
interface GroupTask {
  type: 'suite';
  mode: string;
  tasks: Task[];
}

type Task = ClaimTask | GroupTask;

/**
 * Moves claims that change Envoy to the end of their file, out of a `describe` that has others: then the
 * scenario's Envoy has to be restored for none of those. Everything else keeps its order.
 *
 * @param isWhole whether a `describe` has to run in one go, for instance because of its `beforeAll`; its own
 *   claims are sorted within it
 */
export function changesEnvoyLast(group: GroupTask, isWhole: (group: GroupTask) => boolean): void {
  const mixed: GroupTask[] = [];
  const changing: Task[] = [];
  /** Whether claims stay behind if a group is split. */
  const splits = (task: GroupTask): boolean => !isWhole(task) && !claimsIn(task, isWhole).every(changesEnvoy);
  const take = (from: GroupTask): void => {
    from.tasks = from.tasks.filter((task) => {
      const claims = claimsIn(task);
      if (!claims.some(changesEnvoy)) return true;
      if (task.type === 'test' || claims.every(changesEnvoy)) changing.push(task);
      else if (splits(task)) take(task);
      else mixed.push(task);
      return task.type === 'suite' && splits(task);
    });
  };
  take(group);
  for (const each of mixed) changesEnvoyLast(each, isWhole);
  // Mixed groups first: they begin with claims that need the scenario's Envoy.
  group.tasks.push(...mixed, ...changing);
}

/** The claims that will run. @param except leaves out those of some groups */
function claimsIn(task: Task, except: (group: GroupTask) => boolean = () => false): ClaimTask[] {
  if (task.mode === 'skip' || task.mode === 'todo') return [];
  if (task.type === 'test') return [task];
  return task.tasks.flatMap((each) => (each.type === 'suite' && except(each) ? [] : claimsIn(each, except)));
}

function changesEnvoy({ meta }: ClaimTask): boolean {
  return meta.changesEnvoy === true;
}

/** Shuffles the claims and groups of a group, and of each group in it. */
export function shuffleClaims(group: GroupTask, shuffle: (tasks: Task[]) => Task[]): void {
  group.tasks = shuffle(group.tasks);
  for (const task of group.tasks) if (task.type === 'suite') shuffleClaims(task, shuffle);
}
