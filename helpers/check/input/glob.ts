import { literal } from '../../util/literal.ts';

/** Whether a path is a pattern for several: with `*`, `?` or `{a,b}`. */
export function isGlob(path: string): boolean {
  return /[*?]|\{[^{}]*,[^{}]*\}/.test(path);
}

/** The longest folder that all matches of a pattern are in. */
export function globRoot(glob: string): string {
  const parts = glob.split('/');
  const fixed = parts.slice(0, parts.findIndex(isGlob)).join('/');
  return fixed !== '' ? fixed : glob.startsWith('/') ? '/' : '.';
}

/** An expression for the paths that a pattern matches: `**` is for any folders, `*` does not match `/`. */
export function globExpression(glob: string): RegExp {
  const source = glob
    .replace(/^\.\//, '')
    .replaceAll(/\*\*\/|\*\*|\*|\?|\{([^{}]*)\}|[.+^$()|[\]\\]/g, (part, list?: string) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (list !== undefined) return `(?:${list.split(',').map(literal).join('|')})`;
      return literal(part);
    });
  return new RegExp(`^(?:\\./)?${source}$`);
}
