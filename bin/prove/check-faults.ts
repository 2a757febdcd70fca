import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { readEnvoyConfig } from '../../fixtures/lab/envoy-config.ts';
import { instrument } from '../../helpers/envoy/instrument.ts';
import { faulted } from '../../helpers/scenario/faults.ts';
import type { Scenario } from '../../helpers/scenario/scenario.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';

/** Injects faults into a scenario and its Envoy config without a lab. @throws UsageError for the first that does not apply */
export async function checkFaults(scenario: Scenario, names: string[]): Promise<void> {
  const { faults } = await loadFaults(scenario.slug);
  for (const name of names) {
    const declared = faults[name];
    if (!declared || !('fault' in declared)) continue;
    try {
      const config = await readEnvoyConfig(faulted(scenario, name, declared.fault));
      if (config !== undefined) instrument(config, 'NONCE');
    } catch (error) {
      throw new UsageError(`${scenario.slug}: fault "${name}" cannot be injected: ${messageOf(error)}`);
    }
  }
}
