import type { MarkdownOptions } from 'vitepress';

/** Renders Markdown that has no syntax of the site's own, since code hosts render it as well. */
export const markdown: MarkdownOptions = {
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
    // A page is a template of Vue, but what stands in it is meant as it is.
    md.renderer.rules.text = (...args) => text(...args).replaceAll('{{', '&#123;&#123;');
  },
};
