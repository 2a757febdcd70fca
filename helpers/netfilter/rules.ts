import { unknownName } from '../util/suggestion.mjs';

/** A netfilter rule as iptables-save or nft prints it. */
export interface Rule {
  family: 'ipv4' | 'ipv6';
  table: string;
  chain: string;
  /** The rule itself: from `-A` on, or as nft has it in its chain. */
  text: string;
  comment: string | undefined;
  /** Packets that it has matched. */
  packets: number;
}

/** Reads the output of `iptables-save -c` (or ip6tables-save). Chains and their policies are passed over. */
export function parseRules(text: string, family: Rule['family']): Rule[] {
  const rules: Rule[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, packets, rule, chain] = /^\[(\d+):\d+\] (-A (\S+) .*)$/.exec(line) ?? [];
    if (packets === undefined || rule === undefined || chain === undefined) continue;
    rules.push({ family, table, chain, text: rule, comment: commentOf(rule), packets: Number(packets) });
  }
  return rules;
}

/** The rules whose counters rose between two snapshots, with by how much. A rule that was loaded in between counts from 0. */
export function countedRules(before: Rule[], after: Rule[]): Rule[] {
  const known = new Map(before.map((rule) => [key(rule), rule.packets]));
  return after
    .map((rule) => ({ ...rule, packets: rule.packets - (known.get(key(rule)) ?? 0) }))
    .filter(({ packets }) => packets > 0);
}

function key({ family, table, chain, text }: Rule): string {
  return `${family} ${table} ${chain} ${text}`;
}

/**
 * Whether the number of packets that a rule counted is the same every time. A nat rule sees the first packet of a
 * connection only, and so does a TPROXY rule behind one that takes the packets of open sockets: of one connection it then
 * counted one. Of many at once some SYN may be repeated, and be captured again. A rule that asks for the state NEW sees one
 * packet too, but it may count Envoy's connections, and timing decides how many of those requests that run side by side need.
 * What another rule counts depends on how the kernel cuts a stream into segments.
 *
 * @param connections how many the downstream had
 */
export function countsExactly({ table, text, packets }: Rule, connections: number): boolean {
  if (table === 'nat') return true;
  if (connections > 1) return false;
  return /-j TPROXY|\btproxy to\b/.test(text) ? packets === 1 : ASKS_FOR_NEW.test(text);
}

const ASKS_FOR_NEW = /--ctstate NEW|\bct state new\b/;

/**
 * Whether chance decides if a rule counts at all: one that asks for the state NEW may count Envoy's connections, and requests
 * that run side by side may find all that they need open.
 *
 * @param connections how many the downstream had
 */
export function countsByChance({ table, text }: Rule, connections: number): boolean {
  return table !== 'nat' && connections > 1 && ASKS_FOR_NEW.test(text);
}

/** A rule's comment, without its quotes and the backslashes that iptables-save puts before quotes of any kind. */
export function commentOf(rule: string): string | undefined {
  const [, quoted, bare] = /--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(rule) ?? [];
  return (quoted ?? bare)?.replace(/\\(.)/g, '$1');
}

/** The comments of all rules of an iptables-restore text, in its order. */
export function commentsOf(ruleset: string): string[] {
  return ruleset.split('\n').flatMap((line) => commentOf(line) ?? []);
}

/** An iptables-restore text without the rule that carries a comment; throws where there is none. */
export function withoutRule(ruleset: string, comment: string): string {
  const lines = ruleset.split('\n');
  const kept = lines.filter((line) => commentOf(line) !== comment);
  if (kept.length === lines.length) {
    throw new Error(unknownName('rule comment', comment, commentsOf(ruleset)));
  }
  return kept.join('\n');
}

/**
 * An iptables-restore text with a part of the rule that carries a comment replaced.
 *
 * @throws where there is no such rule, or no such part of it
 */
export function changedRule(ruleset: string, comment: string, from: string, to: string): string {
  const rule = ruleOf(ruleset, comment);
  const changed = rule.replace(from, () => to);
  if (changed === rule) throw new Error(`the rule "${comment}" has no "${from}" that could become "${to}": ${rule}`);
  return ruleset.replace(rule, () => changed);
}

/** An iptables-restore text with the two rules that carry these comments in each other's place; throws where one is missing. */
export function swappedRules(ruleset: string, one: string, other: string): string {
  const [first, second] = [ruleOf(ruleset, one), ruleOf(ruleset, other)];
  const swapped = new Map([
    [first, second],
    [second, first],
  ]);
  return ruleset
    .split('\n')
    .map((line) => swapped.get(line) ?? line)
    .join('\n');
}

function ruleOf(ruleset: string, comment: string): string {
  const rule = ruleset.split('\n').find((line) => commentOf(line) === comment);
  if (rule === undefined) {
    throw new Error(unknownName('rule comment', comment, commentsOf(ruleset)));
  }
  return rule;
}

/** An iptables-restore text with a further rule at the end of a table, which it may not have yet. */
export function addedRule(ruleset: string, table: string, rule: string): string {
  // A table that stands twice would be emptied before its second part.
  const lines = ruleset.trimEnd().split('\n').filter(Boolean);
  const start = lines.findIndex((line) => line.trim() === `*${table}`);
  if (start < 0) return `${[...lines, `*${table}`, rule, 'COMMIT'].join('\n')}\n`;
  const end = lines.findIndex((line, at) => at > start && line.trim() === 'COMMIT');
  return `${lines.toSpliced(end, 0, rule).join('\n')}\n`;
}

/** The tables that an iptables-restore text names. */
export function tablesOf(ruleset: string): string[] {
  return [...ruleset.matchAll(/^\s*\*(\w+)/gm)].flatMap(([, table]) => table ?? []);
}

/** An iptables-restore text that empties the tables which another one fills. */
export function emptied(ruleset: string): string {
  return tablesOf(ruleset)
    .map((table) => `*${table}\nCOMMIT\n`)
    .join('');
}

/** An iptables-restore text that loads a ruleset and empties those tables of another text that the ruleset does not name. */
export function replacing(other: string, ruleset: string): string {
  return `${emptied(tablesLost(other, ruleset))}${ruleset}`;
}

/** The tables of an iptables-restore text, with their rules, that another text does not name. */
export function tablesLost(ruleset: string, other: string): string {
  const kept = tablesOf(other);
  return ruleset
    .split(/^(?=\s*\*)/m)
    .filter((table) => tablesOf(table).some((name) => !kept.includes(name)))
    .join('');
}

/** The rules of those tables, each as `-t table -A …`. */
export function rulesLost(ruleset: string, other: string): string[] {
  return tablesLost(ruleset, other)
    .split(/^(?=\*)/m)
    .flatMap((table) => [...table.matchAll(/^-A .*/gm)].map(([rule]) => `-t ${tablesOf(table)[0]} ${rule}`));
}

/** iptables-restore wants `-A` and the table at the start of a line: takes the indentation away. */
export function dedent(ruleset: string): string {
  return `${ruleset
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n')}\n`;
}
