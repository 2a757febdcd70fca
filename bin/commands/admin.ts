import { command } from './command.ts';

export const adminCommand = command('admin', ['admin "/stats?filter=downstream_cx_total"'])
  .description('Prints one of the admin pages of a lab’s Envoy: /stats, /clusters, /config_dump, /listeners, …')
  .usage('[options] [slug] <path>')
  .argument('[words...]', 'the chapter (default: the only one that is up) and the path')
  .option('--post', 'ask by POST, as pages want it that change something')
  .action(async (words: string[], { post }: { post?: true }) => {
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { adminPage } = await import('../playground/admin-page.ts');
    const { slug, last } = lastAndSlug(words, 'a path');
    process.stdout.write(await adminPage(slug, last, post ? 'POST' : 'GET'));
  });
