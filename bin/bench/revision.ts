import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, run } from '../../fixtures/setup/command.mjs';
import { workDir } from '../../fixtures/setup/work-dir.mjs';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { SetupError, UsageError } from '../../helpers/util/errors.ts';
import type { Log } from './environment.ts';

/** Another revision of this project, set up in a folder of its own. */
export interface Revision {
  /** The value of `--against`. */
  name: string;
  commit: string;
  folder: string;
  /** The environment of its commands. */
  env: Record<string, string>;
  /** Whether its `run` has the option `--sandbox`. */
  sandboxes: boolean;
}

/** What a revision must have to be measured. */
const NEEDED = ['bin/bigbook.mjs', 'bin/setup.mjs'];

/**
 * The commit of a revision.
 *
 * @throws UsageError for an unknown revision, or one without the command line; SetupError without a
 *   git checkout
 */
export async function commitOf(name: string, checkout = packageRoot): Promise<string> {
  const git = (...args: string[]) => run('git', ['-C', checkout, ...args]);
  await git('rev-parse', '--git-dir').catch((error: unknown) => {
    throw notACheckout(checkout, error);
  });
  // A value such as `--all` is an option of git for rev-parse alone.
  const commit = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).catch(
    (error: unknown) => {
      if (!(error instanceof CommandError)) throw error;
      throw new UsageError(
        `--against: unknown revision ${JSON.stringify(name)}; expected a commit, branch or tag of ${checkout}, such as HEAD~1`,
      );
    },
  );
  const present = await git('ls-tree', '--name-only', commit.trim(), '--', ...NEEDED);
  const missing = NEEDED.filter((file) => !present.split('\n').includes(file));
  if (missing.length > 0)
    throw new UsageError(
      `--against ${name}: expected a revision that runs chapters, but it has no ${missing.join(' and no ')}`,
    );
  return commit.trim();
}

function notACheckout(checkout: string, error: unknown): unknown {
  if (!(error instanceof CommandError)) return error;
  return new SetupError('--against', `${checkout} is not a git checkout, or git is not installed`, {
    hint: 'run it in a clone of the project',
    detail: error.output,
    cause: error,
  });
}

interface SetUpOptions {
  log: Log;
  signal: AbortSignal;
  /** Default: this one. */
  checkout?: string;
}

/**
 * Checks a revision out into a git worktree in a temporary folder, installs its npm packages and
 * makes its images. Both are removed with `using`, and also when this process exits.
 *
 * @throws SetupError where its set-up fails; the signal's reason where it is aborted
 */
export async function setUpRevision(
  name: string,
  commit: string,
  { log, signal, checkout = packageRoot }: SetUpOptions,
): Promise<Revision & Disposable> {
  const parent = workDir(tmpdir());
  const folder = join(parent, 'worktree');
  const remove = (): void => {
    process.off('exit', remove);
    spawnSync('git', ['-C', checkout, 'worktree', 'remove', '--force', folder], { stdio: 'ignore' });
    try {
      rmSync(parent, { recursive: true, force: true });
    } catch {
      // A child of the set-up still writes there; `workDir` removes it at the exit.
    }
  };
  // Before the listener of `workDir`, which removes the folder alone.
  process.prependListener('exit', remove);
  try {
    await forgetLost(checkout);
    log(`${name}: check out ${commit.slice(0, 12)} in ${folder}`);
    await run('git', ['-C', checkout, 'worktree', 'add', '--detach', folder, commit], { signal });
    log(`${name}: set up`);
    const setUp = (cwd: string) => run(process.execPath, ['bin/setup.mjs'], { cwd, signal }).catch(failedAs(name));
    await setUp(folder);
    // It may have removed older images that only this checkout uses.
    await setUp(checkout);
    const help = await run(process.execPath, ['bin/bigbook.mjs', 'run', '--help'], { cwd: folder, signal });
    return {
      ...{ name, commit, folder, sandboxes: help.includes('--sandbox') },
      // Each revision keeps its own probe of the machine: its host image is another one.
      env: { XDG_CACHE_HOME: join(parent, 'cache') },
      [Symbol.dispose]: remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function failedAs(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(`--against ${name}`, 'its `npm run setup` failed', { detail: error.output, cause: error });
  };
}

/** Removes worktrees of killed processes from git's list: `workDir` removes only their folders. */
async function forgetLost(checkout: string): Promise<void> {
  const list = await run('git', ['-C', checkout, 'worktree', 'list', '--porcelain']);
  for (const [, folder] of list.matchAll(/^worktree (.*\/\.work-\d+-[^/]*\/worktree)$/gm)) {
    if (folder !== undefined && !existsSync(folder))
      await run('git', ['-C', checkout, 'worktree', 'remove', '--force', folder]).catch(() => undefined);
  }
}
