import { formatTable } from './table.ts';
import { indented } from './wording.ts';

/** A lab in a form that can be printed; all of it as the lab itself tells. */
export interface LabPicture {
  slug: string;
  title: string;
  requirement: string;
  /** Undefined where the chapter has none. */
  envoy?: { version: string; host: string; uid: number; listeners: string[]; admin: string };
  hosts: PictureHost[];
  /** Pairs of interfaces that are joined. */
  links: { from: PictureEnd; to: PictureEnd }[];
  /** By host: rules as iptables has them. */
  rules: { host: string; table: string; text: string; comment?: string }[];
  /** Commands of `ip` beyond addresses and routes. */
  routing: { host: string; command: string }[];
  /** Commands to try. */
  tries: string[];
}

export interface PictureHost {
  name: string;
  interfaces: { name: string; addresses: string[] }[];
  /** What serves there: `upstream blue on port 80`. */
  serves: string[];
}

export interface PictureEnd {
  host: string;
  interface: string;
  addresses: string[];
}

/** What `ip -json address` prints, as far as it is used here. */
export interface IpAddress {
  ifname: string;
  addr_info: { local?: string; scope: string }[];
}

/** The interfaces of a host with the addresses that it was given, without those that the kernel makes by itself (link-local). */
export function interfacesOf(ipAddressJson: string): PictureHost['interfaces'] {
  return (JSON.parse(ipAddressJson) as IpAddress[]).map(({ ifname, addr_info }) => ({
    name: ifname,
    addresses: addr_info.flatMap(({ local, scope }) => (local === undefined || scope === 'link' ? [] : [local])),
  }));
}

/** The links of a lab: `to-blue` on one host is joined to `eth0` on the host blue. */
export function linksOf(hosts: PictureHost[]): LabPicture['links'] {
  return hosts.flatMap((host) =>
    hosts.flatMap((other) => {
      const from = host.interfaces.find(({ name }) => name === `to-${other.name}`);
      const to = other.interfaces.find(({ name }) => name === 'eth0');
      if (!from || !to) return [];
      return [
        {
          from: { host: host.name, interface: from.name, addresses: from.addresses },
          to: { host: other.name, interface: to.name, addresses: to.addresses },
        },
      ];
    }),
  );
}

/** The picture as text for a terminal. */
export function formatPicture(picture: LabPicture): string {
  const { slug, title, requirement, envoy, hosts, links, rules, routing, tries } = picture;
  const parts = [`${slug}: ${title}\n${requirement}`];
  if (envoy) {
    parts.push(
      `Envoy ${envoy.version} on ${envoy.host} as uid ${envoy.uid}, listening on ${envoy.listeners.join(', ')}; admin pages on ${envoy.admin}`,
    );
  }
  const rows = links.map(({ from, to }) => [
    ...[from.host, from.interface, from.addresses.join(' ')],
    ...['────', to.addresses.join(' '), to.interface, to.host],
  ]);
  const serving = hosts
    .filter(({ serves }) => serves.length > 0)
    .map(({ name, serves }) => `${name}: ${serves.join(', ')}`);
  const links_ = formatTable(
    ['host', 'link', 'addresses', '', 'addresses', 'link', 'host'].map((text) => ({ title: text })),
    rows,
  );
  parts.push(`Hosts\n${indented(links_, 2)}`);
  if (serving.length > 0) parts.push(`Serving\n${indented(serving.join('\n'), 2)}`);
  for (const host of new Set(rules.map((rule) => rule.host))) {
    const lines = rules
      .filter((rule) => rule.host === host)
      .map(({ table, text, comment }) => `${comment === undefined ? '' : `# ${comment}\n`}-t ${table} ${text}`);
    parts.push(`Rules of ${host}\n${indented(lines.join('\n'), 2)}`);
  }
  if (routing.length > 0) {
    parts.push(
      `Policy routing\n${indented(routing.map(({ host, command }) => `${host}: ip ${command}`).join('\n'), 2)}`,
    );
  }
  parts.push(`Try\n${indented(tries.join('\n'), 2)}`);
  return `${parts.join('\n\n')}\n`;
}
