import type { CapabilityName } from '../../helpers/constants/capabilities.ts';
import type { Machine } from '../../helpers/record/record.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { sizeText } from '../../helpers/util/size.ts';
import { colours as pc } from '../colours.ts';
import { command, print } from './command.ts';

export const doctorCommand = command('doctor', ['doctor'], '\nExit codes: 0 ready, 3 not ready.\n')
  .description('Probe the kernel and the container engine, and report which chapters can run. No Envoy is started.')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { diagnose } = await import('../run/diagnosis.ts');
    const diagnosis = await diagnose();
    print(json ? diagnosis : describe(diagnosis));
    if (!diagnosis.ready) process.exitCode = EXIT.setup;
  });

/** The kernel modules that a capability needs. */
const MODULES: Record<CapabilityName, string> = {
  redirect: 'xt_REDIRECT',
  owner: 'xt_owner',
  tproxy: 'xt_TPROXY',
  ipv6: 'ipv6',
  conntrack: 'nf_conntrack',
  'hop-limit': 'xt_string xt_connmark xt_HL',
  tracing: 'nf_tables xt_TRACE',
};

function describe(diagnosis: Awaited<ReturnType<typeof import('../run/diagnosis.ts').diagnose>>): string {
  if (!diagnosis.ready) return `${pc.red('not ready')}: ${diagnosis.problem}\n`;
  const { skipped } = diagnosis;
  const missing = Object.entries(skipped).map(
    ([name, chapters]) =>
      `${name} is missing; skipped chapters: ${chapters.join(', ') || 'none'}\n` +
      `  → load the kernel modules on the machine of the engine: \`sudo modprobe -a ${MODULES[name as CapabilityName]}\``,
  );
  const verdict =
    missing.length === 0 ? pc.green('ready: all chapters can run') : pc.yellow('ready: some chapters will be skipped');
  return `${factsOf(diagnosis)}\n\n${[verdict, ...missing].join('\n')}\n`;
}

function factsOf({
  machine,
  namespaces,
  disk,
}: {
  machine: Machine;
  namespaces: { available: boolean; reason: string };
  disk: { images: number; reports: number; caches: number };
}): string {
  const facts = [
    ['kernel', `Linux ${machine.kernel} ${machine.architecture}`],
    ['engine', machine.engine],
    ['backend', machine.iptables],
    ['sandbox', `${machine.sandbox}${namespaces.available ? '' : `; namespaces do not work: ${namespaces.reason}`}`],
    [
      'disk',
      `images ${sizeText(disk.images)}, reports ${sizeText(disk.reports)}, caches ${sizeText(disk.caches)}; \`gc --reports\` lists the latter two`,
    ],
  ] as const;
  const names = [...facts.map(([name]) => name), ...machine.capabilities.map(({ name }) => name)];
  const width = Math.max(...names.map((name) => name.length));
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}       ${value}`),
    ...machine.capabilities.map(
      ({ name, available, reason }) =>
        `${name.padEnd(width)}  ${available ? pc.green('yes') : pc.red('no ')}  ${reason}`,
    ),
  ].join('\n');
}
