import type { MarkdownEnv, MarkdownOptions, MarkdownRenderer } from 'vitepress';
import { tryCommands } from '../../helpers/book/try-commands.ts';

/** The page that has the selector of versions, and the tables over all of them. */
const VERSIONS_PAGE = 'versions.md';

const SELECTOR = '## Choose two versions\n\n<VersionSelector />\n\n';

export interface MarkdownSite {
  /** The section, in Markdown, that the site adds to the versions page. */
  allVersions: string;
  /** The web address of the project's folder at a code host; absent where there is none. */
  source?: string | undefined;
}

type CoreRule = Parameters<MarkdownRenderer['core']['ruler']['push']>[1];
type State = Parameters<CoreRule>[0];
type Token = State['tokens'][number];

/** Renders Markdown without syntax of the site's own: code hosts render the same files. */
export function markdown(site: MarkdownSite): MarkdownOptions {
  return {
    // Both have the contrast that WCAG requires.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => {
      const { fence, text } = md.renderer.rules;
      if (!fence || !text) throw new Error('markdown-it has no rules for fences and text');
      md.renderer.rules.fence = (tokens, at, options, env, self) => {
        const token = tokens[at];
        if (token?.info.trim() !== 'mermaid') return fence(tokens, at, options, env, self);
        return `<Mermaid code="${encodeURIComponent(token.content)}" />\n`;
      };
      // A page is a Vue template, but its text is literal.
      md.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
      md.core.ruler.before('normalize', 'versions page', (state) => {
        if (state.env.relativePath !== VERSIONS_PAGE) return;
        state.src = `${state.src.replace(/^(?=## )/m, SELECTOR)}\n${site.allVersions}\n`;
      });
      md.core.ruler.after('inline', 'anchors in headings', moveAnchors);
      md.core.ruler.push('links to files', ({ tokens }) => {
        for (const { children } of tokens) linkFiles(children ?? [], site.source);
      });
    },
  };
}

/** A page as the search indexes it: the heading of a chapter begins with its slug, by which readers look for it. */
export function searchable(page: string, env: MarkdownEnv, md: Pick<MarkdownRenderer, 'render'>): string {
  const html = md.render(page, env);
  const slug = env.relativePath.replace(/\.md$/, '');
  return tryCommands(page).length > 0 ? html.replace(/<h1[^>]*>/, `$&${slug}: `) : html;
}

/** Puts an anchor that stands in a heading before it: the search and a heading's label read the whole heading. */
function moveAnchors(state: State): void {
  state.tokens = state.tokens.flatMap((token, at, tokens) => {
    const inline = tokens[at + 1];
    const anchor = token.type === 'heading_open' ? /^<a id="[^"]*"><\/a>/.exec(inline?.content ?? '')?.[0] : undefined;
    if (inline === undefined || anchor === undefined) return [token];
    inline.content = inline.content.slice(anchor.length);
    inline.children = inline.children?.slice(2) ?? null;
    const block = new state.Token('html_block', '', 0);
    block.content = `${anchor}\n`;
    return [block, token];
  });
}

/** Leads links to files outside docs/ to the code host. Without one they are text: the site has no such files. */
function linkFiles(tokens: Token[], source: string | undefined): void {
  for (const [at, token] of tokens.entries()) {
    const path = /^\.\.\/(.*)$/.exec(token.attrGet('href') ?? '')?.[1];
    if (path === undefined) continue;
    if (source !== undefined) token.attrSet('href', `${source.replace(/\/$/, '')}/${path}`);
    else for (const end of [token, closing(tokens, at)]) if (end) Object.assign(end, { tag: 'span', attrs: null });
  }
}

function closing(tokens: Token[], open: number): Token | undefined {
  return tokens.find(({ type }, at) => at > open && type === 'link_close');
}
