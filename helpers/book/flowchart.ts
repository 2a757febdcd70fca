import { parse } from 'yaml';
import { ADDRESSES, type Address, METADATA, upstreamAddress } from '../constants/addresses.ts';
import { DOWNSTREAM_HOST, ENVOY_HOSTS, UPSTREAMS_HOST } from '../constants/host-names.ts';
import { linkTo } from '../constants/link-names.ts';
import type { LabPicture } from '../report/lab-picture.ts';
import { isShared } from '../scenario/endpoints.ts';
import type { Scenario, UpstreamSpec } from '../scenario/scenario.ts';
import { STUB_NAMES, STUBS } from '../scenario/stub-names.ts';
import { present } from './markdown.ts';

/** A node of a host: its identifier and the lines of its label. */
type Node = [id: string, ...label: string[]];

/** A chapter's lab as a Mermaid flowchart with the path of a request: https://mermaid.js.org/syntax/flowchart.html */
export function flowchartOf(scenario: Scenario, config: string | undefined): string {
  const { topology, stubs, routing, envoy } = scenario;
  const routed = topology.kind !== 'same host';
  const middle = ENVOY_HOSTS[topology.kind];
  const client = routed ? DOWNSTREAM_HOST : middle;
  const all = Object.entries(topology.upstreams);
  // One host has the upstreams that are not beside Envoy.
  const beside = all.filter(([, { endpoints }]) => endpoints?.every((each) => 'onEnvoyHost' in each));
  const together = isShared(topology) ? all.filter((each) => !beside.includes(each)) : [];
  const upstreams = isShared(topology) ? [] : all;
  // Downwards, so that it fits a narrow page.
  const lines = ['flowchart TB'];
  const host = (name: string, ...nodes: (Node | false | undefined)[]): void => {
    const labels = nodes.flatMap((node) => (node ? [`${nodeId(name, node[0])}["${textOf(node.slice(1))}"]`] : []));
    lines.push(`  subgraph ${id(name)}["${name}"]`, ...labels.map((label) => `    ${label}`), '  end');
  };
  /** A host with one program is one node. */
  const single = (name: string, [node, ...label]: Node): void => {
    lines.push(`  ${nodeId(name, node)}["${textOf(label[0] === name ? label : [name, ...label])}"]`);
  };
  const rules: Node = ['rules', 'netfilter rules'];
  const metadata: Node = ['metadata', 'instance metadata', `${METADATA}:80`];
  const downstream: Node = ['downstream', 'downstream programs'];
  const capturing = capturesIn(scenario);
  const answering = STUB_NAMES.filter((name) => stubs[name] !== undefined);
  if (routed) single(client, ['downstream', 'downstream']);
  host(
    middle,
    !routed && downstream,
    capturing && rules,
    routing.length > 0 && ['routing', 'policy routing'],
    envoyNode(scenario, config),
    ...answering.map((name): Node => [name, STUBS[name].name, `127.0.0.1:${STUBS[name].port}`]),
    stubs.metadata && !routed && metadata,
    ...beside.map(([name, spec]): Node => [`serves_${name}`, name, ...servedBy(spec)]),
  );
  if (together.length > 0)
    host(UPSTREAMS_HOST, ...together.map(([name, spec]): Node => [`serves_${name}`, name, ...servedBy(spec)]));
  for (const [name, { netfilter, sidecar, ...spec }] of upstreams) {
    const serves: Node = ['serves', ...servedBy(spec)];
    const first: Node[] = sidecar ? [['sidecar', `Envoy, the sidecar, uid ${sidecar.uid}`]] : [];
    if (netfilter) host(name, rules, ...first, serves);
    else if (sidecar) host(name, ...first, serves);
    else single(name, serves);
  }
  if (stubs.metadata && routed) single('metadata', metadata);

  const arrow = (from: string, to: string, ...label: string[]): void => {
    lines.push(`  ${from} -->${label.length > 0 ? `|"${textOf(label)}"|` : ''} ${to}`);
  };
  const { towardsDownstream, towardsUpstreams } = ADDRESSES;
  const both = scenario.needs.includes('ipv6');
  const end = (name: string, { ipv4, ipv6 }: Address): string[] => [`${name} ${ipv4}`, ...(both ? [ipv6] : [])];
  const path = [
    nodeId(client, 'downstream'),
    ...present([capturing && 'rules', routing.length > 0 && 'routing', envoy && 'envoy']).map((node) =>
      nodeId(middle, node),
    ),
  ];
  const [start, next, ...rest] = path;
  if (start !== undefined && next !== undefined) {
    const ends = [...end('eth0', ADDRESSES.downstream), ...end('to-downstream', towardsDownstream)];
    arrow(start, [next, ...rest].join(' --> '), ...(routed ? ends : []));
  }
  for (const [index, [name, { netfilter, sidecar }]] of upstreams.entries()) {
    const ends = [...end(linkTo(name), towardsUpstreams), ...end('eth0', upstreamAddress(index))];
    const [entry = 'serves', ...behind] = [netfilter ? 'rules' : [], sidecar ? 'sidecar' : [], 'serves'].flat();
    arrow(path.at(-1) ?? '', nodeId(name, entry), ...ends);
    for (const [at, next] of behind.entries()) arrow(nodeId(name, behind[at - 1] ?? entry), nodeId(name, next));
  }
  const [firstTogether] = together;
  if (firstTogether) {
    const ends = [...end(linkTo(UPSTREAMS_HOST), towardsUpstreams), ...end('eth0', ADDRESSES.outside)];
    arrow(path.at(-1) ?? '', nodeId(UPSTREAMS_HOST, `serves_${firstTogether[0]}`), ...ends);
  }
  for (const [name] of beside) arrow(nodeId(middle, 'envoy'), nodeId(middle, `serves_${name}`));
  const authz = nodeId(middle, 'authz');
  for (const name of answering) arrow(nodeId(middle, 'envoy'), nodeId(middle, name), STUBS[name].call);
  if (stubs.metadata) {
    const ends = routed ? [`to-metadata ${towardsUpstreams.ipv4}`, `eth0 ${METADATA}`] : [];
    arrow(stubs.authz ? authz : (path.at(-1) ?? ''), nodeId(routed ? 'metadata' : middle, 'metadata'), ...ends);
  }
  return lines.join('\n');
}

/** What an upstream speaks, on which ports. */
function servedBy({ protocol, port, httpsPort }: Pick<UpstreamSpec, 'protocol' | 'port' | 'httpsPort'>): string[] {
  const served = `${protocol === 'tcp' ? 'bytes' : 'HTTP'} on port ${port}`;
  return [served, ...(httpsPort === undefined ? [] : [`TLS on port ${httpsPort}`])];
}

/** Whether rules of Envoy's host stand in the path of a request. */
function capturesIn({ netfilter, netfilter6 }: Scenario): boolean {
  return netfilter.trim() !== '' || netfilter6.trim() !== '';
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

/** A config that repeats parts by aliases is no attack. */
const MANY_ALIASES = { maxAliasCount: -1 };

/** The addresses of a config's listeners: `0.0.0.0:4999`, `[::]:4999`. */
export function listenersIn(config: string): string[] {
  const { static_resources } = parse(config, MANY_ALIASES) as {
    static_resources?: { listeners?: { address: { socket_address: { address: string; port_value: number } } }[] };
  };
  return (static_resources?.listeners ?? []).map(({ address: { socket_address } }) => {
    const { address, port_value } = socket_address;
    return `${address.includes(':') ? `[${address}]` : address}:${port_value}`;
  });
}

/** The lines of a label. */
function textOf(lines: string[]): string {
  return lines.map((line) => line.replaceAll('"', '#quot;')).join('<br>');
}

function nodeId(host: string, node: string): string {
  return `${id(host)}_${node}`;
}

/** A name as an identifier of Mermaid, which reserves words such as `end`. */
function id(name: string): string {
  return `host_${name.replaceAll(/\W/g, '_')}`;
}
