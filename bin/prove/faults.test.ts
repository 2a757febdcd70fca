import { expect, test } from 'vitest';
import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { sabotaged } from '../../helpers/scenario/faults.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { loadScenarios } from '../run/chapters.ts';

/** What a lab would stand up. */
async function standing(scenario: Scenario): Promise<object> {
  const { sabotaged: _, envoy, ...rest } = scenario;
  return { ...rest, config: await readEnvoyConfig(scenario), envoy: { ...envoy, changes: [] } };
}

const sabotages = (await loadScenarios()).flatMap((scenario) =>
  Object.keys(scenario.sabotages).map((name) => ({ slug: scenario.slug, name, scenario })),
);

test.each(sabotages)('$slug: "$name" changes what is stood up', async ({ scenario, name }) => {
  expect(await standing(sabotaged(scenario, name))).not.toEqual(await standing(scenario));
});
