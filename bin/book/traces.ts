import { pictureOf, traceIn } from '../../fixtures/playground/handlers.ts';
import { closeNamespaces } from '../../fixtures/sandbox/namespaces.ts';
import { flowchartOf, missingIn } from '../../helpers/book/flowchart.ts';
import { type RequestTrace, requestTraceOf } from '../../helpers/book/request-trace.ts';
import { DOWNSTREAM_UID } from '../../helpers/constants/ports.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import { newRunId } from '../../helpers/record/run-id.ts';
import { versionVariant } from '../../helpers/record/variants.ts';
import { settled } from '../../helpers/util/settled.ts';
import { labStarter } from '../playground/start-lab.ts';

/** How many labs are traced at once: as many as chapters run at once. */
const AT_ONCE = 2;

/**
 * Traces a request through the lab of each chapter on the newest Envoy.
 *
 * @throws SetupError where a lab cannot start, Error where a chapter's flowchart lacks what its lab has
 */
export async function traceChapters(slugs: string[]): Promise<Map<string, RequestTrace>> {
  const start = await labStarter(versionVariant(NEWEST), process.env.BIGBOOK_RUN ?? newRunId());
  const traces = new Map<string, RequestTrace>();
  const waiting = slugs.values();
  const work = async (): Promise<void> => {
    for (const slug of waiting) {
      const lab = await start(slug);
      try {
        const missing = missingIn(flowchartOf(lab.scenario, lab.config), await pictureOf(lab));
        if (missing.length > 0)
          throw new Error(`the flowchart of ${slug} lacks what its lab has: ${missing.join('; ')}`);
        const { timeline } = await traceIn(lab, [], DOWNSTREAM_UID);
        traces.set(slug, requestTraceOf(timeline));
      } finally {
        await lab.stop();
      }
      process.stderr.write(`traced ${slug} (${traces.size} of ${slugs.length})\n`);
    }
  };
  await settled(Array.from({ length: AT_ONCE }, work)).finally(closeNamespaces);
  return traces;
}
