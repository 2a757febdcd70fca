import type { CheckRequest } from '../check/request.ts';
import type { Reach } from '../check/requests/listeners.ts';
import { endOf } from '../constants/addresses.ts';
import { DOWNSTREAM_HOST, UPSTREAMS_HOST } from '../constants/host-names.ts';
import { linkTo } from '../constants/link-names.ts';
import { DOWNSTREAM_UID } from '../constants/ports.ts';
import type { ConfigDump } from '../envoy/config-dump.ts';
import type { CapturedRules } from '../netfilter/captured-rules.ts';
import { linksOfCards, withLinks } from '../netfilter/interfaces.ts';
import { type CapturedTraffic, capturedTraffic, INSIDE, inboundPacket } from '../netfilter/path/captured-traffic.ts';
import { chainsOf, followed } from '../netfilter/path/packet-path.ts';
import { topologyFor } from '../netfilter/path/rules-topology.ts';
import type { TopologyName } from '../project/config.ts';
import type { Scenario, UpstreamSpec } from '../scenario/scenario.ts';
import { UsageError } from '../util/errors.ts';
import { appPortsOf, type BoundSocket, boundSockets, hasOwnChain } from './bound-sockets.ts';
import { capturedReach } from './captured-reach.ts';
import { capturedRequests } from './captured-requests.ts';
import { envoyUnderRules } from './envoy-under-rules.ts';

export interface RulesOptions {
  /** Default: the one that the rules need. */
  topology?: TopologyName | undefined;
  uids?: { envoy?: number; app?: number } | undefined;
}

/** A scenario with a user's rules, and how its requests are sent. */
export interface UnderRules {
  scenario: Scenario;
  topology: TopologyName;
  traffic: CapturedTraffic;
  /** For the derivation of requests. */
  reach: Reach;
  /** Gives each request the sender that the rules need. */
  sent: (requests: CheckRequest[]) => CheckRequest[];
  /** Requests that show the capture: outbound, inbound, to itself, as the exempt user, to the ports of the capture. */
  requests: CheckRequest[];
  /** A sentence each. */
  notes: string[];
}

const SIDES = { inside: linkTo(DOWNSTREAM_HOST), outside: linkTo(UPSTREAMS_HOST) };

const FORWARDING = { 'net.ipv4.ip_forward': '1', 'net.ipv6.conf.all.forwarding': '1' };

/** The name of the upstream that is the app of a pod. */
export const APP = 'app';

/**
 * Puts a user's rules into a scenario of the topology `edge`.
 *
 * @throws UsageError where the rules drop every connection to Envoy, or capture its own
 */
export function underRules(
  scenario: Scenario,
  captured: CapturedRules,
  dump: ConfigDump,
  options: RulesOptions = {},
): UnderRules {
  const { rules, renamed } = withLinksOfLab(captured);
  const sockets = boundSockets(dump);
  const appPorts = appPortsOf(sockets);
  const app = options.uids?.app ?? DOWNSTREAM_UID;
  const traffic = capturedTraffic(rules, { app, ports: [...appPorts, ...sockets.map(({ port }) => port)] });
  checkReachable(rules, sockets);
  const topology = options.topology ?? topologyFor(traffic);
  const isPod = topology === 'pod' || topology === 'sameHost';
  const { uid, capabilities, mark, note } = envoyUnderRules(rules, traffic, scenario.envoy, options.uids?.envoy);
  const { upstreams, addresses = [], sysctls, refused = [] } = scenario.topology;
  const loops = loopsAt(traffic, sockets, dump);
  return {
    scenario: {
      ...scenario,
      ...{ netfilter: rules.netfilter, netfilter6: rules.netfilter6, routing: rules.routing },
      captured: {
        ...{ tool: rules.tool, nft: rules.nft, ipsets: rules.ipsets },
        ...(mark !== undefined && { marked: { uid, mark } }),
      },
      ...(scenario.envoy && { envoy: { ...scenario.envoy, uid, capabilities, keepsCapabilities: true } }),
      topology: {
        kind: isPod ? 'pod' : 'edge',
        upstreams: isPod ? { ...upstreams, [APP]: appSpec(appPorts, upstreams) } : upstreams,
        sysctls: { ...sysctls, ...(topology === 'router' && FORWARDING), ...rules.sysctls },
        addresses: [...new Set([...addresses, INSIDE])],
        refused: [...new Set([...refused, ...loops])],
      },
    },
    ...{
      topology,
      traffic,
      reach: capturedReach(topology === 'router' ? forwarded(traffic) : traffic, sockets, appPorts),
    },
    sent: (requests) => (isPod ? requests.map((request) => withSender(request, traffic, app)) : requests),
    requests: isPod ? capturedRequests(traffic, { app, envoy: uid, appPorts }) : [],
    notes: [
      ...captured.notes.map((note) => `${captured.file}: ${note}.`),
      note,
      `The topology is ${topology}: ${whyOf(traffic, options.topology)}.`,
      ...loops.map(
        (port) =>
          `The listener on ${port} has no filter chain for destination port ${port}: what is dialled there would come back without end, and is refused in the lab.`,
      ),
      ...Object.entries(renamed).map(([card, link]) => `The interface ${card} of the rules is ${link} in the lab.`),
    ],
  };
}

/**
 * Ports whose listener takes a connection that is dialled to it as any other, and dials it again: a capturing port,
 * or one whose listener names a cluster of the original destination.
 */
function loopsAt({ inbound, outbound }: CapturedTraffic, sockets: BoundSocket[], { clusters }: ConfigDump): number[] {
  const originals = clusters.filter(({ type }) => type === 'ORIGINAL_DST').map(({ name }) => JSON.stringify(name));
  if (originals.length === 0) return [];
  const captures = new Set([...inbound, ...outbound].map(({ port }) => port));
  const redials = ({ listener, port }: BoundSocket): boolean =>
    captures.has(port) || originals.some((name) => JSON.stringify(listener).includes(name));
  return sockets.filter((each) => each.bound && redials(each) && !hasOwnChain(each)).map(({ port }) => port);
}

/** The captured connections that a router forwards: one to its own address, dialled again, would come back. */
function forwarded({ inbound, ...traffic }: CapturedTraffic): CapturedTraffic {
  const beyond = inbound.map(({ destinations, ...capture }) => ({
    ...capture,
    destinations: destinations.filter((each) => endOf(each).address !== INSIDE),
  }));
  return { ...traffic, inbound: beyond };
}

function whyOf({ inbound, outbound }: CapturedTraffic, chosen: TopologyName | undefined): string {
  if (chosen !== undefined) return '--topology names it';
  const words = [
    ...(inbound.length > 0 ? ['connections that arrive'] : []),
    ...(outbound.length > 0 ? ['connections that programs of the host open'] : []),
  ];
  return words.length === 0 ? 'the rules capture no connection' : `the rules capture ${words.join(' and ')}`;
}

/** The rules with the links of a lab in place of network cards. */
function withLinksOfLab(rules: CapturedRules): { rules: CapturedRules; renamed: Record<string, string> } {
  const { netfilter, netfilter6, nft, routing } = rules;
  const renamed = linksOfCards([netfilter, netfilter6, ...nft.map(({ text }) => text), ...routing], SIDES);
  const of = (text: string): string => withLinks(text, renamed);
  return {
    rules: {
      ...rules,
      ...{ netfilter: of(netfilter), netfilter6: of(netfilter6), routing: routing.map(of) },
      nft: nft.map((table) => ({ ...table, text: of(table.text) })),
    },
    renamed,
  };
}

/** The app listens on the address of the pod and on loopback, where nothing else does. */
function appSpec(ports: number[], upstreams: Record<string, UpstreamSpec>): UpstreamSpec {
  const taken = Object.values(upstreams).flatMap(({ endpoints = [] }) =>
    endpoints.flatMap((endpoint) =>
      'address' in endpoint && endpoint.onEnvoyHost ? `${endpoint.address}:${endpoint.port}` : [],
    ),
  );
  const [first, ...more] = [INSIDE, '127.0.0.1']
    .flatMap((address) => ports.map((port) => ({ address, port, onEnvoyHost: true }) as const))
    .filter(({ address, port }) => !taken.includes(`${address}:${port}`) && !taken.includes(`0.0.0.0:${port}`));
  return { port: first?.port ?? 0, ...(first && { endpoints: [first, ...more] }) };
}

/** What the rules capture of the connections that programs of the host open is sent by the app. */
function withSender(request: CheckRequest, { outbound }: CapturedTraffic, app: number): CheckRequest {
  const isOutbound = outbound.some(({ destinations }) => destinations.includes(request.address));
  return isOutbound && request.sender === undefined ? { ...request, sender: 'app', uid: request.uid ?? app } : request;
}

/** @throws UsageError where no listener can be reached from the downstream */
function checkReachable(rules: CapturedRules, sockets: BoundSocket[]): void {
  const chains = chainsOf(rules);
  const open = sockets.filter(({ bound, address }) => bound && !address.startsWith('127.'));
  const dropped = open.flatMap(({ port }) => {
    const packet = inboundPacket(INSIDE, port);
    const before = followed(chains, 'prerouting', packet);
    const entering = { ...packet, ...('port' in before && { port: before.port }) };
    const fate = before.kind === 'dropped' ? before : followed(chains, 'input', entering);
    return fate.kind === 'dropped' ? fate.by : [];
  });
  if (open.length > 0 && dropped.length === open.length)
    throw new UsageError(
      `${rules.file}: the rules drop every connection to Envoy's listeners (${dropped[0]}), so no request could be answered`,
    );
}
