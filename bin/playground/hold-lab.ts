import type { Lab } from '../../fixtures/lab/lab.ts';
import { labHandlers, pictureOf } from '../../fixtures/playground/handlers.ts';
import { type LabHandlers, reserveSocket } from '../../fixtures/playground/lab-server.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { formatPicture } from '../../helpers/report/lab-picture.ts';
import { deferred } from '../../helpers/util/deferred.ts';
import { ENDING_SIGNALS } from '../../helpers/util/ending-signals.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import type { Ready } from './detach-lab.ts';
import { checkChoice, type LabChoice } from './lab-choice.ts';
import { labStarter } from './start-lab.ts';

/**
 * Starts a lab and holds it until `down` or a signal ends it.
 *
 * @returns the exit status
 * @throws UsageError if it is running already; SetupError if it does not start, or stops by itself
 */
export async function holdLab(choice: LabChoice): Promise<number> {
  const variant = await checkChoice(choice);
  return holdStarted(choice.slug, async (run) => (await labStarter(variant, run))(choice.slug));
}

/**
 * Starts a lab in any way and holds it, as `holdLab`.
 *
 * @param slug the name by which other commands call it
 * @param start starts it; its containers are labelled with the run
 */
export async function holdStarted(slug: string, start: (run: string) => Promise<Lab>): Promise<number> {
  const run = process.env.BIGBOOK_RUN ?? newRunId();
  const { promise: ended, resolve: end, reject: fail } = deferred<number>();
  const { promise: handlers, resolve: answer, reject: refuse } = deferred<LabHandlers>();
  handlers.catch(() => undefined);
  const release = await reserveSocket(slug, handlers);
  let lab: Lab | undefined;
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // From now on another process may start the chapter's lab.
    release();
    stopping ??= lab?.stop().then(closeNamespaces);
    await stopping;
  };
  const finish = async (): Promise<void> => {
    await stop();
    end(EXIT.passed);
  };
  const onSignal = (): void => {
    if (!lab) process.exit(EXIT.interrupted);
    finish().catch(fail);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  process.on('exit', release);
  try {
    lab = await start(run);
    lab.envoyHost.program.ended.then(async () => {
      if (!stopping) fail((await lab?.loss()) ?? new Error('the lab stopped'));
    }, fail);
    answer(labHandlers(lab, run, finish));
    const picture = formatPicture(await pictureOf(lab));
    if (process.send) {
      process.send({ picture } satisfies Ready);
      process.disconnect();
    } else {
      process.stdout.write(
        `${picture}\nStop it with Ctrl-C, or with \`${PROGRAM} down ${slug}\` in another terminal.\n`,
      );
    }
    return await ended;
  } catch (error) {
    refuse(error);
    await stop();
    throw error;
  }
}
