import { linkTo } from '../constants/link-names.ts';
import { formatTable } from './table.ts';
import { indented } from './wording.ts';

/** A lab in a form that can be printed, as read from the running lab. */
export interface LabPicture {
  slug: string;
  title: string;
  requirement: string;
  envoy?: { version: string; host: string; uid: number; listeners: string[]; admin: string };
  hosts: PictureHost[];
  /** Pairs of interfaces that are joined. */
  links: { from: PictureEnd; to: PictureEnd }[];
  /** Rules as iptables prints them. */
  rules: { host: string; table: string; text: string; comment?: string }[];
  /** Commands of `ip` beyond addresses and routes. */
  routing: { host: string; command: string }[];
  /** Commands to try. */
  tries: string[];
}

export interface PictureHost {
  name: string;
  interfaces: { name: string; addresses: string[] }[];
  /** The host's servers: `upstream blue on port 80`. */
  serves: string[];
}

interface PictureEnd {
  host: string;
  interface: string;
  addresses: string[];
}

/** The interfaces of a host with their addresses, link-local ones excepted, from `ip -json address`. */
export function interfacesOf(ipAddressJson: string): PictureHost['interfaces'] {
  const links = JSON.parse(ipAddressJson) as { ifname: string; addr_info: { local?: string; scope: string }[] }[];
  return links.map(({ ifname, addr_info }) => ({
    name: ifname,
    addresses: addr_info.flatMap(({ local, scope }) => (local === undefined || scope === 'link' ? [] : [local])),
  }));
}

/** The links of a lab: `to-blue` on one host is joined to `eth0` on the host blue. */
export function linksOf(hosts: PictureHost[]): LabPicture['links'] {
  const endOn = ({ name: host, interfaces }: PictureHost, wanted: string): PictureEnd[] =>
    interfaces.flatMap(({ name, addresses }) => (name === wanted ? [{ host, interface: name, addresses }] : []));
  return hosts.flatMap((host) =>
    hosts.flatMap((other) =>
      endOn(host, linkTo(other.name)).flatMap((from) => endOn(other, 'eth0').map((to) => ({ from, to }))),
    ),
  );
}

/** The picture as text for a terminal. */
export function formatPicture(picture: LabPicture): string {
  const { slug, title, requirement, envoy, hosts, links, rules, routing, tries } = picture;
  const heads = ['host', 'link', 'addresses', '', 'addresses', 'link', 'host'];
  const rows = links.map(({ from, to }) => [
    ...[from.host, from.interface, from.addresses.join(' ')],
    ...['────', to.addresses.join(' '), to.interface, to.host],
  ]);
  const ruled = [...new Set(rules.map(({ host }) => host))].map((host): [string, string[]] => [
    `Rules of ${host}`,
    rules
      .filter((rule) => rule.host === host)
      .map(({ table, text, comment }) => `${comment === undefined ? '' : `# ${comment}\n`}-t ${table} ${text}`),
  ]);
  const sections: [title: string, lines: string[]][] = [
    [
      'Hosts',
      [
        formatTable(
          heads.map((title) => ({ title })),
          rows,
        ),
      ],
    ],
    ['Serving', hosts.flatMap(({ name, serves }) => (serves.length > 0 ? [`${name}: ${serves.join(', ')}`] : []))],
    ...ruled,
    ['Policy routing', routing.map(({ host, command }) => `${host}: ip ${command}`)],
    ['Try', tries],
  ];
  const parts = [`${slug}: ${title}\n${requirement}`];
  if (envoy)
    parts.push(
      `Envoy ${envoy.version} on ${envoy.host} as uid ${envoy.uid}, listening on ${envoy.listeners.join(', ')}; admin pages on ${envoy.admin}`,
    );
  for (const [title, lines] of sections) if (lines.length > 0) parts.push(`${title}\n${indented(lines.join('\n'), 2)}`);
  return `${parts.join('\n\n')}\n`;
}
