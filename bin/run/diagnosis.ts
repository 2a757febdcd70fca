import type { NamespacesProbe } from '../../fixtures/sandbox/probe.ts';
import { probeCapabilities } from '../../fixtures/setup/capabilities.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import type { Machine } from '../../helpers/record/record.ts';
import { loadScenarios } from './chapters.ts';

/** Whether chapters can run on this machine with the newest Envoy. */
type Diagnosis =
  | { ready: false; problem: string }
  /** `skipped`: for each missing capability, the chapters that need it. */
  | {
      ready: true;
      machine: Machine;
      namespaces: Pick<NamespacesProbe, 'available' | 'reason'>;
      skipped: Record<string, string[]>;
    };

export async function diagnose(): Promise<Diagnosis> {
  try {
    const { machine, namespaces } = await probeCapabilities();
    const { available, reason } = namespaces;
    await ensureImages({ envoys: [NEWEST], install: false, log: (line) => process.stderr.write(`${line}\n`) });
    const scenarios = await loadScenarios();
    const needing = (name: string) => scenarios.filter(({ needs }) => needs.some((need) => need === name));
    const missing = machine.capabilities.filter(({ available }) => !available);
    const skipped = missing.map(({ name }) => [name, needing(name).map(({ slug }) => slug)]);
    return { ready: true, machine, namespaces: { available, reason }, skipped: Object.fromEntries(skipped) };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SetupError') throw error;
    return { ready: false, problem: error.message };
  }
}
