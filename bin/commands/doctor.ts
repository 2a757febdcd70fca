import { Command } from 'commander';
import type { Machine } from '../../helpers/record/record.ts';
import { colours as pc } from '../colours.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Says what this machine and its engine can do, each ability probed for real before any Envoy runs.')
    .option('--json', 'print one JSON value and nothing else')
    .addHelpText('after', '\nExample:\n  $ npx bigbook doctor')
    .action(async ({ json }: { json?: true }) => {
      const { probeCapabilities } = await import('../../fixtures/setup/capabilities.ts');
      const machine = await probeCapabilities();
      process.stdout.write(json ? `${JSON.stringify(machine, null, 2)}\n` : describe(machine));
    });
}

function describe(machine: Machine): string {
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
  ]
    .join('\n')
    .concat('\n');
}
