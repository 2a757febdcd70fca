import { command, print } from './command.ts';

export const psCommand = command('ps', ['ps'])
  .description('List running labs.')
  .option('--json', 'print JSON')
  .action(async ({ json }: { json?: true }) => {
    const { callServer, labsUp } = await import('../../fixtures/playground/lab-client.ts');
    const { formatTable } = await import('../../helpers/report/table.ts');
    // A lab may stop meanwhile.
    const seen = await Promise.all((await labsUp()).map((slug) => callServer(slug, 'describe').catch(() => undefined)));
    const labs = seen.flatMap((lab) => lab ?? []);
    if (json) return print(labs);
    const rows = labs.map(({ picture, server }) => [
      picture.slug,
      picture.envoy?.version ?? 'none',
      picture.hosts.map(({ name }) => name).join(' '),
      server.since,
      String(server.pid),
    ]);
    const columns = ['chapter', 'envoy', 'hosts', 'since', 'process'].map((title) => ({ title }));
    process.stdout.write(`${rows.length === 0 ? 'no lab is running' : formatTable(columns, rows)}\n`);
  });
