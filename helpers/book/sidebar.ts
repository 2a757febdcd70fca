/** An entry of a site's sidebar. */
export interface SidebarItem {
  text: string;
  /** From the site's root: `/original-dst`. */
  link: string;
  /** Variants of the chapter. */
  items?: SidebarItem[];
}

/**
 * The chapters as the book's index lists them, which is made from the scenarios: `- [title](slug.md): …`, a variant two spaces further in
 * under the chapter that it varies.
 *
 * @param index the Markdown of the index
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
