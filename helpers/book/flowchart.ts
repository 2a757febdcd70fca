import { parse } from 'yaml';
import { ADDRESSES, type Address, METADATA, upstreamAddress } from '../constants/addresses.ts';
import { PORTS } from '../constants/ports.ts';
import type { LabPicture } from '../report/lab-picture.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A chapter's lab as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
export function flowchartOf(scenario: Scenario, config: string | undefined): string {
  const { topology, stubs, netfilter, netfilter6, routing } = scenario;
  const routed = topology.kind === 'router';
  const middle = routed ? 'router' : 'host';
  // Downwards, so that it fits a narrow page.
  const lines = ['flowchart TB'];
  const host = (name: string, nodes: [id: string, label: string[]][]): void => {
    lines.push(
      `  subgraph ${id(name)}["${name}"]`,
      // Nodes that nothing joins stand across the direction: one below the other.
      '    direction LR',
      ...nodes.map(([node, label]) => `    ${id(name)}_${node}["${label.map(escaped).join('<br>')}"]`),
      '  end',
    );
  };
  const downstream: [string, string[]] = ['downstream', ['downstream programs']];
  if (routed) host('downstream', [downstream]);
  host(middle, [
    ...(routed ? [] : [downstream]),
    ...(netfilter.trim() || netfilter6.trim() ? [['rules', ['netfilter rules']] as [string, string[]]] : []),
    ...(routing.length > 0 ? [['routing', ['policy routing']] as [string, string[]]] : []),
    ...envoyNode(scenario, config),
    ...(stubs.authz ? [['authz', ['authorization service', `127.0.0.1:${PORTS.authz}`]] as [string, string[]]] : []),
    ...(stubs.metadata && !routed ? [['metadata', ['instance metadata', `${METADATA}:80`]] as [string, string[]]] : []),
  ]);
  Object.entries(topology.upstreams).forEach(([name, spec]) => {
    const speaks = spec.speaks === 'bytes' ? 'bytes' : 'HTTP';
    host(name, [
      [
        'serves',
        [`${speaks} on port ${spec.port}`, ...(spec.httpsPort === undefined ? [] : [`TLS on port ${spec.httpsPort}`])],
      ],
      ...(spec.netfilter ? [['rules', ['netfilter rules']] as [string, string[]]] : []),
    ]);
  });
  if (stubs.metadata && routed) host('metadata', [['serves', ['instance metadata', `${METADATA}:80`]]]);

  const { towardsDownstream, towardsUpstreams } = ADDRESSES;
  const both = scenario.needs.includes('ipv6');
  const end = (name: string, { ipv4, ipv6 }: Address): string[] => [`${name} ${ipv4}`, ...(both ? [ipv6] : [])];
  const link = (from: string, to: string, ends: string[]): void => {
    lines.push(`  ${id(from)} ---|"${ends.map(escaped).join('<br>')}"| ${id(to)}`);
  };
  if (routed) {
    link('downstream', middle, [...end('eth0', ADDRESSES.downstream), ...end('to-downstream', towardsDownstream)]);
  }
  Object.keys(topology.upstreams).forEach((name, index) => {
    link(middle, name, [...end(`to-${name}`, towardsUpstreams), ...end('eth0', upstreamAddress(index))]);
  });
  if (stubs.metadata && routed) {
    link(middle, 'metadata', [`to-metadata ${towardsUpstreams.ipv4}`, `eth0 ${METADATA}`]);
  }
  return lines.join('\n');
}

/** What a running lab tells of its links and of where Envoy listens that is not in its flowchart; empty where all of it is. */
export function missingIn(chart: string, { links, envoy }: Pick<LabPicture, 'links' | 'envoy'>): string[] {
  const ends = links.flatMap(({ from, to }) =>
    [from, to].map(({ interface: name, addresses }) => `${name} ${addresses.find((address) => address.includes('.'))}`),
  );
  const told = [...ends, ...(envoy?.listeners ?? []).map((address) => `listens on ${address}`)];
  return told.filter((text) => !chart.includes(text));
}

function envoyNode({ envoy }: Scenario, config: string | undefined): [string, string[]][] {
  if (!envoy || config === undefined) return [];
  const kept = envoy.capabilities ?? [];
  const user = `Envoy, uid ${envoy.uid}${kept.length > 0 ? ` with ${kept.join(', ')}` : ''}`;
  return [['envoy', [user, ...listenersIn(config).map((address) => `listens on ${address}`)]]];
}

/** Where a config's listeners listen: `0.0.0.0:4999`, `[::]:4999`. */
export function listenersIn(config: string): string[] {
  const { static_resources } = parse(config) as {
    static_resources?: { listeners?: { address: { socket_address: { address: string; port_value: number } } }[] };
  };
  return (static_resources?.listeners ?? []).map(({ address: { socket_address } }) => {
    const { address, port_value } = socket_address;
    return `${address.includes(':') ? `[${address}]` : address}:${port_value}`;
  });
}

/** A name as an identifier of Mermaid's; it has words of its own, `end` among them. */
function id(name: string): string {
  return `host_${name.replaceAll(/\W/g, '_')}`;
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;');
}
