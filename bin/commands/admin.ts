import { command, helpArguments, RUNNING_LAB } from './command.ts';

export const adminCommand = command('admin', ['admin "/stats?filter=downstream_cx_total"'])
  .description('Print the response of an Envoy admin endpoint in a running lab.')
  .usage('[options] [slug] <path>')
  .argument('[words...]')
  .configureHelp(
    helpArguments({ slug: RUNNING_LAB, path: 'endpoint, such as /stats, /clusters or /config_dump; /help lists all' }),
  )
  .option('--post', 'send a POST request; endpoints that change state require it')
  .action(async (words: string[], { post }: { post?: true }) => {
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { adminPage } = await import('../playground/admin-page.ts');
    const { slug, last } = lastAndSlug(words, 'a path');
    process.stdout.write(await adminPage(slug, last, post ? 'POST' : 'GET'));
  });
