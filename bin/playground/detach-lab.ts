import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labsFolder } from '../../fixtures/playground/labs-folder.ts';
import { packageRoot, projectRoot } from '../../helpers/constants/project.mjs';
import { EXIT } from '../../helpers/util/errors.ts';
import { checkChoice, type LabChoice } from './lab-choice.ts';

/** The message of a detached lab server to the command that started it. */
export interface Ready {
  picture: string;
}

/**
 * Starts a process that holds a lab, and waits until the lab is ready.
 *
 * @returns the lab's picture, or the exit code and error text of the process if the lab did not start
 */
export async function detachLab(choice: LabChoice): Promise<Ready | { status: number; complaint: string }> {
  const { version, image, binary } = await checkChoice(choice);
  const log = join(labsFolder(), `${choice.slug}-${process.pid}.log`);
  const file = openSync(log, 'w', 0o600);
  try {
    const options = binary
      ? ['--envoy-binary', binary]
      : image
        ? ['--envoy-image', image]
        : ['--envoy', String(version)];
    const child = spawn(process.execPath, [join(packageRoot, 'bin/bigbook.mjs'), 'up', choice.slug, ...options], {
      cwd: projectRoot,
      detached: true,
      stdio: ['ignore', file, file, 'ipc'],
    });
    const ready = once(child, 'message').then(([message]) => message as Ready);
    const exited = once(child, 'exit').then(([status]) => ({
      status: (status as number | null) ?? EXIT.setup,
      complaint: readFileSync(log, 'utf8'),
    }));
    // The later one of the two is ignored.
    ready.catch(() => undefined);
    exited.catch(() => undefined);
    const outcome = await Promise.race([ready, exited]);
    if (child.connected) child.disconnect();
    child.unref();
    return outcome;
  } finally {
    closeSync(file);
    // The lab server keeps the unlinked file open.
    rmSync(log, { force: true });
  }
}
