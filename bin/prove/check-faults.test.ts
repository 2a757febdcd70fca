import { expect, test } from 'vitest';
import { loadFaults } from '../../fixtures/compiled/chapter-faults.ts';
import { loadScenarios } from '../run/chapters.ts';
import { checkFaults } from './check-faults.ts';

const [scenario, other] = (await loadScenarios()).filter(({ envoy }) => envoy);
if (!scenario || !other?.envoy) throw new Error('two chapters have an Envoy');
const names = Object.keys((await loadFaults(scenario.slug)).faults);

test('a fault that does not apply is refused before any lab starts', async () => {
  await checkFaults(scenario, names);
  await expect(checkFaults({ ...other, slug: scenario.slug }, names)).rejects.toThrow(
    new RegExp(`^${scenario.slug}: fault ".+" cannot be injected: `),
  );
});
