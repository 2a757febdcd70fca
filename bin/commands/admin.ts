import { command } from './command.ts';

export const adminCommand = command(
  'admin',
  ['admin "/stats?filter=downstream_cx_total"'],
  '\n[slug] defaults to the only running lab.\n',
)
  .description('Print a page of the Envoy admin interface of a running lab, such as /stats, /clusters or /config_dump.')
  .usage('[options] [slug] <path>')
  .argument('[words...]')
  .option('--post', 'send POST, which pages that change state require')
  .action(async (words: string[], { post }: { post?: true }) => {
    const { lastAndSlug } = await import('../playground/split-command.ts');
    const { adminPage } = await import('../playground/admin-page.ts');
    const { slug, last } = lastAndSlug(words, 'a path');
    process.stdout.write(await adminPage(slug, last, post ? 'POST' : 'GET'));
  });
