import { constants } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Traced } from '../../fixtures/exchange/trace.ts';
import { traceIn } from '../../fixtures/playground/handlers.ts';
import { callServer } from '../../fixtures/playground/lab-client.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { checkChoice, type LabChoice } from './lab-choice.ts';
import { labStarter } from './start-lab.ts';

/**
 * Traces a command in the running lab of a chapter, or in one started for it.
 *
 * @param argv default: the request of the chapter
 * @throws UsageError for an unknown chapter or version, another version than that of the running lab, or a command
 *   that opens no connection
 */
export async function traceLab(choice: LabChoice, argv: string[], uid: number): Promise<Traced> {
  const { slug } = choice;
  const chosen = choice.envoy ?? choice.envoyImage ?? choice.envoyBinary;
  const up = await callServer(slug, 'describe');
  // The lab of a check is of no chapter.
  const variant = up && chosen === undefined ? undefined : await checkChoice(choice);
  if (up) {
    const { envoy } = up.picture;
    if (variant && envoy && envoy.version !== variant.version) {
      throw new UsageError(
        `the running lab of ${slug} has Envoy ${envoy.version}, not ${variant.name}; stop it with \`${PROGRAM} down ${slug}\``,
      );
    }
    const traced = await callServer(slug, 'trace', { argv, uid });
    if (traced) return traced;
  }
  const lab = await (await labStarter(variant ?? (await checkChoice(choice)), process.env.BIGBOOK_RUN ?? newRunId()))(
    slug,
  );
  try {
    return await traceIn(lab, argv, uid);
  } finally {
    await lab.stop();
    await closeNamespaces();
  }
}

/**
 * Checks before a trace that its captures can be written; creates the folder, but not its parents: below /proc, a recursive mkdir
 * of Node never ends.
 *
 * @throws UsageError
 */
export async function checkCaptureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--pcap ${folder}: expected a folder that can be written: ${messageOf(error)}`);
  }
}

/**
 * Writes the capture of each host, `host.pcap`.
 *
 * @throws UsageError for a folder that cannot be written
 */
export async function writeCaptures(folder: string, { captures }: Traced): Promise<void> {
  try {
    await Promise.all(
      Object.entries(captures).map(([host, pcap]) =>
        writeFile(join(folder, `${host}.pcap`), Buffer.from(pcap, 'base64')),
      ),
    );
  } catch (error) {
    throw new UsageError(`cannot write captures to ${folder}: ${messageOf(error)}`);
  }
}
