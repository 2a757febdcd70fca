import type { Backend } from '../constants/backends.ts';
import { withComments } from './generated-comments.ts';
import { type NftTable, nftTables, observable } from './nft-tables.ts';

/** What a user's rules did to an empty host, as the data of a scenario. */
export interface CapturedRules {
  /** The file as given. */
  file: string;
  /** The tool of the rules; `--backend` may choose another one for those of iptables. */
  tool: Backend;
  /** iptables-restore text of IPv4, a comment on every rule; empty without rules. */
  netfilter: string;
  netfilter6: string;
  /** The tables that are not of iptables, every rule with a counter and a comment. */
  nft: NftTable[];
  /** The text of `ipset save`. */
  ipsets: string;
  /** `ip` commands: `rule add fwmark 0x1 lookup 100`. */
  routing: string[];
  /** Settings of the kernel: `net.ipv4.ip_forward`. */
  sysctls: Record<string, string>;
  /** Kernel modules that they load; the lab has what its kernel has. */
  modules: string[];
  /** How many rules there are. */
  rules: number;
  /** A sentence each: `ended with 127 after 4 rules: squid not found`. */
  notes: string[];
}

/** What an empty host prints before the rules and after them. */
export interface HostState {
  /** `ip rule`, IPv4 and IPv6. */
  rules: Record<4 | 6, string>;
  /** `ip route show table all`. */
  routes: Record<4 | 6, string>;
  /** `ip -oneline address`. */
  addresses: string;
  /** `sysctl NAME = value` lines, of the network. */
  settings: string;
}

/** The output of the tools after the rules. */
export interface ReadBack extends HostState {
  /** `iptables-nft-save`, and the other three. */
  saved: Record<'nft' | 'legacy', Record<4 | 6, string>>;
  /** `nft list ruleset`. */
  ruleset: string;
  /** `ipset save`. */
  ipsets: string;
}

/** The tables that iptables makes in nf_tables. */
const OF_IPTABLES = ['filter', 'nat', 'mangle', 'raw', 'security'];

/** The part of the captured rules that follows from what the host printed. */
export function readRules(before: HostState, after: ReadBack): Omit<CapturedRules, 'file' | 'modules' | 'notes'> {
  const legacy = hasRules(after.saved.legacy[4]) || hasRules(after.saved.legacy[6]);
  const saved = legacy ? after.saved.legacy : after.saved.nft;
  const nft = nftTables(after.ruleset)
    .filter(({ family, name, text }) => !isOfIptables(family, name, text, after))
    .map(observable);
  const ofNft = (version: 4 | 6): string[] =>
    legacy ? [] : nft.flatMap(({ family, name }) => (family === (version === 4 ? 'ip' : 'ip6') ? name : []));
  const [netfilter, netfilter6] = ([4, 6] as const).map((version) =>
    withComments(filledTables(saved[version], ofNft(version))),
  );
  const rules =
    [netfilter, netfilter6]
      .join('')
      .split('\n')
      .filter((line) => line.startsWith('-A ')).length +
    nft.reduce((sum, { text }) => sum + (text.match(/^\t\t.*\bcounter\b.* comment "/gm)?.length ?? 0), 0);
  return {
    tool: nft.length > 0 && !netfilter && !netfilter6 ? 'nft' : legacy ? 'iptables-legacy' : 'iptables-nft',
    netfilter: netfilter ?? '',
    netfilter6: netfilter6 ?? '',
    nft,
    ipsets: after.ipsets,
    routing: routingBetween(before, after),
    sysctls: settingsBetween(before.settings, after.settings),
    rules,
  };
}

function hasRules(saved: string): boolean {
  return /^-A |^:\S+ DROP /m.test(saved);
}

/** Whether `iptables-nft-save` prints all of a table of nf_tables; nft may have made one of the same name. */
function isOfIptables(family: string, name: string, text: string, { saved }: ReadBack): boolean {
  if (!OF_IPTABLES.includes(name) || (family !== 'ip' && family !== 'ip6')) return false;
  if (/\bxt (?:target|match) /.test(text)) return true;
  const printed = saved.nft[family === 'ip' ? 4 : 6];
  // It leaves out the chains of nft: "# Table `nat' contains incompatible base-chains, use 'nft' tool to list them."
  const leavesOut = new RegExp(`^# Table \`${name}' contains incompatible`, 'm').test(printed);
  return !leavesOut && new RegExp(`^\\*${name}$`, 'm').test(printed);
}

/**
 * The tables of a saved text that differ from empty ones, without comments of the tool, and with
 * counters at zero.
 *
 * @param others names of tables that are left out
 */
function filledTables(saved: string, others: readonly string[]): string {
  return saved
    .split(/^(?=\*)/m)
    .filter((table) => table.startsWith('*') && /^-A |^:\S+ (?:DROP|-) /m.test(table))
    .filter((table) => !others.includes(/^\*(\S+)/.exec(table)?.[1] ?? ''))
    .map(
      (table) =>
        `${table
          .replace(/^#.*\n?/gm, '')
          .replace(/^(:\S+ \S+) \[\d+:\d+\]/gm, '$1 [0:0]')
          .trim()}\n`,
    )
    .join('');
}

/** The `ip` commands that lead from one state to the other. Removed routes and rules are not among them. */
function routingBetween(before: HostState, after: HostState): string[] {
  return ([4, 6] as const).flatMap((family) => {
    const option = family === 6 ? '-6 ' : '';
    const added = (lines: (state: HostState) => string[]): string[] => {
      const known = lines(before);
      return lines(after).filter((line) => !known.includes(line));
    };
    const addresses = added((state) => addressesIn(state.addresses, family)).map((address) => `addr add ${address}`);
    const rules = added((state) => rulesIn(state.rules[family])).map((rule) => `rule add ${rule}`);
    const routes = added((state) => routesIn(state.routes[family])).map((route) => `route add ${route}`);
    return [...addresses, ...routes, ...rules].map((command) => `${option}${command}`);
  });
}

/** `32765:	from all fwmark 0x1 lookup 100` as `pref 32765 fwmark 0x1 lookup 100`. */
function rulesIn(printed: string): string[] {
  return [...printed.matchAll(/^(\d+):\t(.*?)\s*$/gm)].map(([, priority, rule = '']) =>
    `pref ${priority} ${rule}`.replace(/ from all(?= )/, ''),
  );
}

/** Routes that somebody added: those of the kernel come with addresses. */
function routesIn(printed: string): string[] {
  return printed
    .split('\n')
    .map((line) => line.trim().replace(/ (?:linkdown|dead|pref medium|error -?\d+)\b/g, ''))
    .filter((line) => line && !/ proto kernel\b/.test(line) && !/\btable (?:local|255)\b/.test(line));
}

/** `127.0.0.6/32 dev lo`. */
function addressesIn(printed: string, family: 4 | 6): string[] {
  const word = family === 6 ? 'inet6' : 'inet';
  return printed.split('\n').flatMap((line) => {
    const [, link, address, scope] = new RegExp(`^\\d+: (\\S+)\\s+${word} (\\S+) .*scope (\\w+)`).exec(line) ?? [];
    return address === undefined || (scope === 'link' && family === 6)
      ? []
      : [`${address} dev ${link}${family === 6 ? ' nodad' : ''}`];
  });
}

/** Settings that differ. Those of one interface follow from those of all, or are of the interfaces to come. */
function settingsBetween(before: string, after: string): Record<string, string> {
  const read = (printed: string): Map<string, string> =>
    new Map(
      printed
        .split('\n')
        .flatMap((line) => [/^(\S+) = (.*)$/.exec(line)?.slice(1, 3) as [string, string]].filter(Boolean)),
    );
  const known = read(before);
  const changed = [...read(after)].filter(
    ([name, value]) => known.has(name) && known.get(name) !== value && !MEASURES.test(name),
  );
  const direct = changed.filter(([name]) => !PER_INTERFACE.test(name) || !followed(name, changed));
  return Object.fromEntries(direct.map(([name, value]) => [forAllInterfaces(name), value]));
}

/** Files of /proc/sys/net that are no settings. */
const MEASURES = /nf_conntrack_(?:count|max|buckets)|\.(?:stable_secret|nf_log)\b/;

const PER_INTERFACE = /^net\.(ipv[46])\.(conf|neigh)\.(?!all\.)([^.]+)\.(\w+)$/;

/** Whether a setting of one interface followed from one of all: `ip_forward` sets `conf.eth0.forwarding`. */
function followed(name: string, changed: [string, string][]): boolean {
  const [, family, kind, , setting] = PER_INTERFACE.exec(name) ?? [];
  return changed.some(
    ([other]) =>
      other === `net.${family}.${kind}.all.${setting}` ||
      (setting === 'forwarding' && other === 'net.ipv4.ip_forward' && family === 'ipv4'),
  );
}

/** The interfaces of a lab have other names, and do not exist when its settings are made. */
export function forAllInterfaces(setting: string): string {
  const [, family, kind, link, name] = PER_INTERFACE.exec(setting) ?? [];
  return family === undefined || link === 'lo' ? setting : `net.${family}.${kind}.default.${name}`;
}
