import type { CapabilityName } from '../../helpers/constants/capabilities.ts';
import type { Machine } from '../../helpers/record/record.ts';
import { EXIT } from '../../helpers/util/errors.ts';
import { colours as pc } from '../colours.ts';
import { command, print } from './command.ts';

export const doctorCommand = command('doctor', ['doctor'], '\nExit status: 0 ready, 3 not ready.\n')
  .description(
    'Probes what this machine and its engine can do, before any Envoy runs, and says whether chapters can run.',
  )
  .option('--json', 'print one JSON value and nothing else')
  .action(async ({ json }: { json?: true }) => {
    const { diagnose } = await import('../run/diagnosis.ts');
    const diagnosis = await diagnose();
    print(json ? diagnosis : describe(diagnosis));
    if (!diagnosis.ready) process.exitCode = EXIT.setup;
  });

/** The kernel modules that an ability needs, where it is missing. */
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
  const { machine, skipped } = diagnosis;
  const lacking = Object.entries(skipped).map(
    ([name, chapters]) =>
      `${name}: chapters that need it are skipped: ${chapters.join(', ') || 'none'}\n` +
      `  → load its kernel modules on the engine's machine: \`sudo modprobe -a ${MODULES[name as CapabilityName]}\``,
  );
  const verdict =
    lacking.length === 0 ? pc.green('ready: every chapter can run') : pc.yellow('ready, with chapters skipped');
  return `${factsOf(machine)}\n\n${[verdict, ...lacking].join('\n')}\n`;
}

function factsOf(machine: Machine): string {
  const facts = [
    ['kernel', `Linux ${machine.kernel} ${machine.architecture}`],
    ['engine', machine.engine],
    ['backend', machine.iptables],
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
