import type { MarkdownOptions } from 'vitepress';

/** The page that has the selector of versions, and the tables over all of them. */
const VERSIONS_PAGE = 'versions.md';

/**
 * Renders Markdown without syntax of the site's own: code hosts render the same files.
 *
 * @param allVersions the section, in Markdown, that the site adds to the versions page
 */
export function markdown(allVersions: string): MarkdownOptions {
  return {
    // Both have the contrast that WCAG asks of text.
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
        const selector = '## Changes between two versions\n\n<VersionSelector />\n\n';
        state.src = `${state.src.replace(/^(?=## )/m, selector)}\n${allVersions}\n`;
      });
    },
  };
}
