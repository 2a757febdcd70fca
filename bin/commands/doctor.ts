import { Command } from 'commander';
import type { CapabilityName } from '../../helpers/constants/capabilities.ts';
import type { Machine } from '../../helpers/record/record.ts';
import { colours as pc } from '../colours.ts';
import { example } from './example.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Probes what this machine and its engine can do, before any Envoy runs, and says whether chapters can run.',
    )
    .option('--json', 'print one JSON value and nothing else')
    .addHelpText('after', `\nExit status: 0 ready, 3 not ready.\n${example('doctor')}`)
    .action(async ({ json }: { json?: true }) => {
      const [{ diagnose }, { EXIT }] = await Promise.all([
        import('../run/diagnosis.ts'),
        import('../../helpers/util/errors.ts'),
      ]);
      const diagnosis = await diagnose();
      process.stdout.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : describe(diagnosis));
      if (!diagnosis.ready) process.exitCode = EXIT.setup;
    });
}

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
  const width = Math.max(
    ...[...facts.map(([name]) => name), ...machine.capabilities.map(({ name }) => name)].map((name) => name.length),
  );
  return [
    ...facts.map(([name, value]) => `${name.padEnd(width)}       ${value}`),
    ...machine.capabilities.map(
      ({ name, available, reason }) =>
        `${name.padEnd(width)}  ${available ? pc.green('yes') : pc.red('no ')}  ${reason}`,
    ),
  ].join('\n');
}
