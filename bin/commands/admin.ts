import { Command } from 'commander';

export function adminCommand(): Command {
  return new Command('admin')
    .description('Prints one of the admin pages of a lab’s Envoy: /stats, /clusters, /config_dump, /listeners, …')
    .usage('[options] [slug] <path>')
    .argument('[words...]', 'the chapter (default: the only one that is up) and the path')
    .option('--post', 'ask by POST, as pages want it that change something')
    .addHelpText('after', '\nExample:\n  $ npx bigbook admin "/stats?filter=downstream_cx_total"')
    .action(async (words: string[], { post }: { post?: true }) => {
      const { UsageError } = await import('../../helpers/util/errors.ts');
      const { lastAndSlug } = await import('../playground/split-command.ts');
      const { slug, last: path } = lastAndSlug(words, 'a path');
      if (!path.startsWith('/')) throw new UsageError(`a path starts with /, as /stats: found ${path}`);
      const { askLab } = await import('../../fixtures/playground/lab-server.ts');
      process.stdout.write(await askLab(slug, 'admin', { path, method: post ? 'POST' : 'GET' }));
    });
}
