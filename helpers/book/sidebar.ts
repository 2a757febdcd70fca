/** An entry of a site's sidebar. */
interface SidebarItem {
  text: string;
  /** From the site's root: `/original-dst`. */
  link: string;
  /** Variants of the chapter. */
  items?: SidebarItem[];
}

/**
 * The chapters of the book's index.
 *
 * @param index its Markdown: `- [title](slug.md): …`, variants indented by two spaces
 */
export function sidebarOf(index: string): SidebarItem[] {
  const items: SidebarItem[] = [];
  const [, list = ''] = /^## The chapters$(.*?)^## /ms.exec(index) ?? [];
  for (const [, indent, text = '', slug] of list.matchAll(/^( *)- \[(.+?)\]\(([\w-]+)\.md\)/gm)) {
    const item = { text: text.replaceAll(/\\(.)/g, '$1'), link: `/${slug}` };
    const chapter = items.at(-1);
    if (indent === '' || !chapter) items.push(item);
    else chapter.items = [...(chapter.items ?? []), item];
  }
  return items;
}
