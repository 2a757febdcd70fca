import type { Lab } from '../../fixtures/lab/lab.ts';
import { labHandlers, pictureOf } from '../../fixtures/playground/handlers.ts';
import { type LabHandlers, takePlace } from '../../fixtures/playground/lab-server.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { formatPicture } from '../../helpers/report/lab-picture.ts';
import { deferred } from '../../helpers/util/deferred.ts';
import { ENDING_SIGNALS } from '../../helpers/util/ending-signals.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import type { Ready } from './detach-lab.ts';
import { checkChoice, type LabChoice } from './lab-choice.ts';
import { startLab } from './start-lab.ts';

/**
 * Stands a lab up and holds it until somebody takes it down, or sends this process a signal.
 *
 * @returns the exit status
 * @throws UsageError where it is up already; SetupError where it cannot be had, or where it ends by itself
 */
export async function holdLab(choice: LabChoice): Promise<number> {
  const version = await checkChoice(choice);
  const run = process.env.BIGBOOK_RUN ?? newRunId();
  const { promise: ended, resolve: end, reject: fail } = deferred<number>();
  const { promise: handlers, resolve: answer, reject: refuse } = deferred<LabHandlers>();
  handlers.catch(() => undefined);
  const leave = await takePlace(choice.slug, handlers);
  let lab: Lab | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      // From now on the chapter may be stood up anew.
      leave();
      await lab?.stop();
    })();
    return stopping;
  };
  const onSignal = (): void => {
    if (!lab) process.exit(EXIT.interrupted);
    stop().then(() => end(EXIT.held), fail);
  };
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  process.on('exit', leave);
  try {
    lab = await startLab(choice.slug, version, run);
    const { envoyHost } = lab;
    envoyHost.container.ended.then(async () => {
      if (!stopping) fail((await lab?.loss()) ?? new Error('the lab has ended'));
    }, fail);
    answer(
      labHandlers(lab, run, async () => {
        await stop();
        end(EXIT.held);
      }),
    );
    const picture = formatPicture(await pictureOf(lab));
    if (process.send) {
      process.send({ picture } satisfies Ready);
      process.disconnect();
    } else {
      process.stdout.write(`${picture}\nCtrl-C, or \`${PROGRAM} down ${choice.slug}\` elsewhere, ends it.\n`);
    }
    return await ended;
  } catch (error) {
    refuse(error);
    await stop();
    throw error;
  }
}
