import { expect, test } from 'vitest';
import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { faulted } from '../../helpers/scenario/faults.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { loadScenarios } from '../run/chapters.ts';

/** What a lab would stand up. */
async function standing({ envoy, ...scenario }: Scenario): Promise<object> {
  const config = await readEnvoyConfig({ ...scenario, ...(envoy && { envoy }) });
  return { ...scenario, config, envoy: { ...envoy, changes: [] } };
}

const injected = await Promise.all(
  (await loadScenarios()).map(async (scenario) => {
    const { faults } = await loadFaults(scenario.slug);
    return Object.entries(faults).flatMap(([name, declared]) =>
      'fault' in declared ? [{ slug: scenario.slug, name, scenario, fault: declared.fault }] : [],
    );
  }),
);

test.each(injected.flat())('$slug: "$name" changes what is stood up', async ({ scenario, name, fault }) => {
  const { fault: _, ...changed } = faulted(scenario, name, fault);
  expect(await standing(changed)).not.toEqual(await standing(scenario));
});
