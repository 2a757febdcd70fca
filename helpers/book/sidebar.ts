/** A group of a site's sidebar. */
interface SidebarGroup {
  text: string;
  items: SidebarItem[];
}

interface SidebarItem {
  text: string;
  /** From the site's root: `/original-dst`. */
  link: string;
}

/**
 * The chapters of the book's index, grouped as there.
 *
 * @param index its Markdown: `### group` and `- [slug](slug.md): …` under `## Chapters`
 */
export function sidebarOf(index: string): SidebarGroup[] {
  const [, chapters = ''] = /^## Chapters$(.*?)^## /ms.exec(index) ?? [];
  const [, ...groups] = chapters.split(/^### /m);
  return groups.map((group) => ({
    text: plain(group.split('\n', 1)[0] ?? ''),
    items: [...group.matchAll(/^- \[(.+?)\]\(([\w-]+)\.md\)/gm)].map(([, text = '', slug]) => ({
      text: plain(text),
      link: `/${slug}`,
    })),
  }));
}

function plain(markdown: string): string {
  return markdown.replaceAll(/\\(.)/g, '$1');
}
