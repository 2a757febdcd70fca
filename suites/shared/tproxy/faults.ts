import { PORTS } from '../../../helpers/constants/ports.ts';
import { cluster, listener } from '../../../helpers/envoy/select.ts';
import { addedRule, config, type DeclaredFault, withoutRule } from '../../../helpers/scenario/faults.ts';
import { listenerFilter, renamed, upstreamHttp } from '../faults.ts';
import { RULE } from './rules.ts';

/** The listener filter that makes Envoy connect to upstreams from the downstream's address. */
export const ORIGINAL_SRC = listenerFilter('original_src', 'OriginalSrc');

export const noCapture: DeclaredFault = {
  fault: withoutRule(RULE.capture),
  why: 'the router forwards the request to the upstream without Envoy',
};

export const noDivert: DeclaredFault = {
  fault: withoutRule(RULE.divert),
  why: 'the TPROXY rule finds the open socket, and counts its later packets too',
};

/** @param captured the comment of the TPROXY rule */
export function redirectInstead(captured: string, families: ('ipv4' | 'ipv6')[] = ['ipv4']): DeclaredFault {
  const redirect = `-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports ${PORTS.listener}`;
  return {
    fault: [withoutRule(captured), ...families.map((family) => addedRule('nat', redirect, { family }))],
    why: 'connections reach Envoy without mark, policy routing or a transparent listener, but are translated',
  };
}

export const notTransparent: DeclaredFault = {
  fault: config({ at: listener('ingress'), set: { transparent: false } }),
  why: 'TPROXY delivers packets to transparent sockets only, so Envoy receives none',
};

/** Another filter takes its place, so that a claim can append one. */
export const noOriginalDst: DeclaredFault = {
  fault: config({
    at: listener('ingress'),
    set: {
      'listener_filters[envoy.filters.listener.original_dst]': listenerFilter('http_inspector', 'HttpInspector'),
    },
  }),
  why: 'Envoy does not read the dialled address: 503 UH',
};

export const withOriginalSrc: DeclaredFault = {
  fault: config({ at: listener('ingress'), append: { listener_filters: ORIGINAL_SRC } }),
  why: "Envoy's upstream connections have the downstream's address, and need DIVERT for their replies",
};

export const upstreamPortOverride: DeclaredFault = {
  fault: config({
    at: cluster('original_destination'),
    add: { original_dst_lb_config: { upstream_port_override: PORTS.listener } },
  }),
  why: 'Envoy connects to port 4999 of the upstream, where no process listens: 503 UF',
};

export const oneRequestPerConnection: DeclaredFault = {
  fault: config({
    at: cluster('original_destination'),
    add: upstreamHttp({ common_http_protocol_options: { max_requests_per_connection: 1 } }),
  }),
  why: 'each request opens a new upstream connection',
};

export const renamedUpstream = renamed('the response and its server header carry another name');
