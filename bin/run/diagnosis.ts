import type { NamespacesProbe } from '../../fixtures/sandbox/probe.ts';
import { probeCapabilities } from '../../fixtures/setup/capabilities.ts';
import { diskUse } from '../../fixtures/setup/disk-use.ts';
import { ensureImages } from '../../fixtures/setup/images.ts';
import { NEWEST } from '../../helpers/envoy/versions.ts';
import type { Machine } from '../../helpers/record/record.ts';
import { type Kept, keptFiles, placesOf } from '../gc/kept-files.ts';
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
      disk: Disk;
    };

/** Disk use in bytes. */
interface Disk {
  /** All images of the project; a layer that several share counts once. */
  images: number;
  reports: number;
  caches: number;
}

export async function diagnose(): Promise<Diagnosis> {
  try {
    const { machine, namespaces } = await probeCapabilities();
    const { available, reason } = namespaces;
    await ensureImages({ envoys: [NEWEST], install: false, log: (line) => process.stderr.write(`${line}\n`) });
    const scenarios = await loadScenarios();
    const needing = (name: string) => scenarios.filter(({ needs }) => needs.some((need) => need === name));
    const missing = machine.capabilities.filter(({ available }) => !available);
    const skipped = missing.map(({ name }) => [name, needing(name).map(({ slug }) => slug)]);
    const namespacesFound = { available, reason };
    return {
      ready: true,
      machine,
      namespaces: namespacesFound,
      skipped: Object.fromEntries(skipped),
      disk: await diskOf(),
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'SetupError') throw error;
    return { ready: false, problem: error.message };
  }
}

async function diskOf(): Promise<Disk> {
  const [images, kept] = await Promise.all([diskUse(), keptFiles(placesOf())]);
  const sum = (kind: Kept['kind']) => kept.reduce((all, each) => all + (each.kind === kind ? each.bytes : 0), 0);
  return { images, reports: sum('report'), caches: sum('cache') };
}
