import { commentOf, dedent } from './rules.ts';

/**
 * The longest comment that a rule keeps. nft(8) allows 128 characters, iptables 255; the rest is for
 * the place of the rule.
 */
const LONGEST = 96;

/** iptables-restore text as people write it, with a comment on every rule. */
export function commented(ruleset: string): string {
  return withComments(dedent(ruleset));
}

/**
 * Gives every rule of iptables-restore text a comment of its own: its place (`nat OUTPUT 3`) where it
 * has none, with the place added where another rule of the text has the same or where it is long. Comments
 * are stable as long as the rules before in the chain are.
 */
export function withComments(ruleset: string): string {
  const lines = ruleset.split('\n');
  const comments = lines.map((line) => (/^-[AI] /.test(line) ? commentOf(line) : undefined));
  let table = '';
  const positions = new Map<string, number>();
  return lines
    .map((line, at) => {
      if (line.startsWith('*')) {
        table = line.slice(1);
        positions.clear();
      }
      const chain = /^-[AI] (\S+)/.exec(line)?.[1];
      if (chain === undefined) return line;
      const position = (positions.get(chain) ?? 0) + 1;
      positions.set(chain, position);
      const comment = commentFor(`${table} ${chain} ${position}`, comments[at], comments);
      return comment === comments[at] ? line : withComment(line, comment);
    })
    .join('\n');
}

/** The comment of a rule at a place, from its own and those of all rules. */
export function commentFor(place: string, own: string | undefined, all: (string | undefined)[]): string {
  if (own === undefined || own === '') return place;
  // nft has no way to write a quote in a comment.
  const text = own.replaceAll(/["\\\n]/g, "'");
  const alone = all.filter((other) => other === own).length === 1;
  if (text.length <= LONGEST) return alone ? text : `${text} (${place})`;
  return `${text.slice(0, LONGEST - place.length - '... ()'.length)}... (${place})`;
}

/** A rule with a comment in place of its own. */
function withComment(rule: string, comment: string): string {
  const bare = rule.replace(/ -m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+)/, '');
  const match = ` -m comment --comment "${comment}"`;
  const target = /^(?:[^"]|"(?:[^"\\]|\\.)*")*?(?= -[jg] )/.exec(bare)?.[0].length ?? bare.length;
  return `${bare.slice(0, target)}${match}${bare.slice(target)}`;
}
