import { parse } from 'yaml';
import { ADDRESSES, type Address, METADATA, upstreamAddress } from '../constants/addresses.ts';
import { PORTS } from '../constants/ports.ts';
import type { LabPicture } from '../report/lab-picture.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A node of a host: its identifier and the lines of its label. */
type Node = [id: string, ...label: string[]];

/** A chapter's lab as a Mermaid flowchart: https://mermaid.js.org/syntax/flowchart.html */
export function flowchartOf(scenario: Scenario, config: string | undefined): string {
  const { topology, stubs, netfilter, netfilter6, routing } = scenario;
  const routed = topology.kind === 'router';
  const middle = routed ? 'router' : 'host';
  // Downwards, so that it fits a narrow page.
  const lines = ['flowchart TB'];
  const host = (name: string, ...nodes: (Node | false | undefined)[]): void => {
    lines.push(
      `  subgraph ${id(name)}["${name}"]`,
      // Mermaid lays out unconnected nodes across the direction: one below the other.
      '    direction LR',
      ...nodes.flatMap((each) => {
        if (!each) return [];
        const [node, ...label] = each;
        return [`    ${id(name)}_${node}["${label.map(escaped).join('<br>')}"]`];
      }),
      '  end',
    );
  };
  const downstream: Node = ['downstream', 'downstream programs'];
  const rules: Node = ['rules', 'netfilter rules'];
  const metadata = ['instance metadata', `${METADATA}:80`] as const;
  if (routed) host('downstream', downstream);
  host(
    middle,
    !routed && downstream,
    netfilter.trim() || netfilter6.trim() ? rules : undefined,
    routing.length > 0 && ['routing', 'policy routing'],
    envoyNode(scenario, config),
    stubs.authz && ['authz', 'authorization service', `127.0.0.1:${PORTS.authz}`],
    stubs.metadata && !routed && ['metadata', ...metadata],
  );
  for (const [name, { speaks, port, httpsPort, netfilter }] of Object.entries(topology.upstreams)) {
    const serves: Node = ['serves', `${speaks === 'bytes' ? 'bytes' : 'HTTP'} on port ${port}`];
    if (httpsPort !== undefined) serves.push(`TLS on port ${httpsPort}`);
    host(name, serves, netfilter ? rules : undefined);
  }
  if (stubs.metadata && routed) host('metadata', ['serves', ...metadata]);

  const { towardsDownstream, towardsUpstreams } = ADDRESSES;
  const both = scenario.needs.includes('ipv6');
  const end = (name: string, { ipv4, ipv6 }: Address): string[] => [`${name} ${ipv4}`, ...(both ? [ipv6] : [])];
  const link = (from: string, to: string, ...ends: string[]): void => {
    lines.push(`  ${id(from)} ---|"${ends.map(escaped).join('<br>')}"| ${id(to)}`);
  };
  if (routed)
    link('downstream', middle, ...end('eth0', ADDRESSES.downstream), ...end('to-downstream', towardsDownstream));
  for (const [index, name] of Object.keys(topology.upstreams).entries())
    link(middle, name, ...end(`to-${name}`, towardsUpstreams), ...end('eth0', upstreamAddress(index)));
  if (stubs.metadata && routed) link(middle, 'metadata', `to-metadata ${towardsUpstreams.ipv4}`, `eth0 ${METADATA}`);
  return lines.join('\n');
}

/** The links and listeners of a running lab that its flowchart lacks. */
export function missingIn(chart: string, { links, envoy }: Pick<LabPicture, 'links' | 'envoy'>): string[] {
  const ends = links.flatMap(({ from, to }) =>
    [from, to].map(({ interface: name, addresses }) => `${name} ${addresses.find((address) => address.includes('.'))}`),
  );
  const listeners = envoy?.listeners ?? [];
  return [...ends, ...listeners.map((address) => `listens on ${address}`)].filter((text) => !chart.includes(text));
}

function envoyNode({ envoy }: Scenario, config: string | undefined): Node | undefined {
  if (!envoy || config === undefined) return undefined;
  const kept = envoy.capabilities ?? [];
  const user = `Envoy, uid ${envoy.uid}${kept.length > 0 ? ` with ${kept.join(', ')}` : ''}`;
  return ['envoy', user, ...listenersIn(config).map((address) => `listens on ${address}`)];
}

/** The addresses of a config's listeners: `0.0.0.0:4999`, `[::]:4999`. */
export function listenersIn(config: string): string[] {
  const { static_resources } = parse(config) as {
    static_resources?: { listeners?: { address: { socket_address: { address: string; port_value: number } } }[] };
  };
  return (static_resources?.listeners ?? []).map(({ address: { socket_address } }) => {
    const { address, port_value } = socket_address;
    return `${address.includes(':') ? `[${address}]` : address}:${port_value}`;
  });
}

/** A name as an identifier of Mermaid, which reserves words such as `end`. */
function id(name: string): string {
  return `host_${name.replaceAll(/\W/g, '_')}`;
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;');
}
