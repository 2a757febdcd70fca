import { commentFor } from './generated-comments.ts';

/** A table of `nft list ruleset`, with every rule counted and commented. */
export interface NftTable {
  /** `ip`, `ip6`, `inet`, `arp`, `bridge` or `netdev`. */
  family: string;
  name: string;
  text: string;
}

/** The tables in the output of `nft list ruleset`. */
export function nftTables(ruleset: string): NftTable[] {
  return ruleset.split(/^(?=table \S+ \S+ \{$)/m).flatMap((text) => {
    const [, family, name] = /^table (\S+) (\S+) \{$/m.exec(text) ?? [];
    return family === undefined || name === undefined ? [] : { family, name, text: `${text.trimEnd()}\n` };
  });
}

/**
 * Gives every rule of a table a counter, without which its matches are not visible, and a comment of
 * its own: `inet mesh output 3` where it has none.
 */
export function observable({ family, name, text }: NftTable): NftTable {
  const lines = text.split('\n');
  const comments = lines.map((line) => (isRule(line) ? commentIn(line) : undefined));
  let chain = '';
  let position = 0;
  const changed = lines.map((line, at) => {
    const opened = /^\tchain (\S+) \{/.exec(line)?.[1];
    if (opened !== undefined) [chain, position] = [opened, 0];
    if (!isRule(line)) return line;
    position += 1;
    const comment = commentFor(`${family} ${name} ${chain} ${position}`, comments[at], comments);
    const bare = line.replace(/ comment "[^"]*"$/, '').replace(/\bcounter packets \d+ bytes \d+/, 'counter');
    return `${counted(bare)} comment "${comment}"`;
  });
  return { family, name, text: inChains(lines, changed) };
}

/** Rules are the lines with two tabs of chains; sets and maps have such lines too. */
function inChains(lines: string[], changed: string[]): string {
  let chain = false;
  return lines
    .map((line, at) => {
      if (/^\t\S/.test(line)) chain = /^\tchain /.test(line);
      return chain ? (changed[at] ?? line) : line;
    })
    .join('\n');
}

function isRule(line: string): boolean {
  return /^\t\t[^\s}]/.test(line) && !/^\t\t(?:type|policy|comment|devices?|flags|elements|hook) /.test(line);
}

function commentIn(rule: string): string | undefined {
  return / comment "([^"]*)"$/.exec(rule)?.[1];
}

/** What a rule does, as opposed to what it matches. */
const STATEMENT =
  /(?:^\t\t| )(?=(?:accept|drop|return|continue|jump|goto|redirect|dnat|snat|masquerade|tproxy|reject|queue|notrack|log|add @|update @|delete @|(?:meta )?mark set|(?:meta|ct|ip|ip6|tcp|udp|ether) \w+ set|.* vmap )\b)/;

function counted(rule: string): string {
  // What is in quotes, such as names of interfaces, or in a map is no statement.
  const plain = rule.replaceAll(/"[^"]*"|\{[^}]*\}/g, ({ length }) => '_'.repeat(length));
  if (/\bcounter\b/.test(plain)) return rule;
  const found = STATEMENT.exec(plain);
  if (!found) return `${rule} counter`;
  const at = found.index + found[0].length;
  return `${rule.slice(0, at)}counter ${rule.slice(at)}`;
}

/** A script that puts tables in place of their namesakes, in one transaction. */
export function nftScriptOf(tables: NftTable[]): string {
  return tables
    .map(({ family, name, text }) => `add table ${family} ${name}\ndelete table ${family} ${name}\n${text}`)
    .join('');
}
