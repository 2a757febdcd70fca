import { PORTS } from '../../../helpers/constants/ports.ts';
import { cluster, listener } from '../../../helpers/envoy/select.ts';
import { addedRule, config, type DeclaredFault, withoutRule } from '../../../helpers/scenario/faults.ts';
import { listenerFilter, strangerAnswers, upstreamHttp } from '../faults.ts';
import { RULE } from './rules.ts';

/** The listener filter that has Envoy call upstreams from the downstream's address. */
export const ORIGINAL_SRC = listenerFilter('original_src', 'OriginalSrc');

export const noCapture: DeclaredFault = {
  fault: withoutRule(RULE.capture),
  why: 'the downstream meets the upstream itself',
};

export const noDivert: DeclaredFault = {
  fault: withoutRule(RULE.divert),
  why: 'TPROXY finds the open socket, but counts its packets',
};

/** @param captured the comment of the rule that TPROXY stands in */
export function redirectInstead(captured: string, families: ('ipv4' | 'ipv6')[] = ['ipv4']): DeclaredFault {
  const redirect = `-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports ${PORTS.listener}`;
  return {
    fault: [withoutRule(captured), ...families.map((family) => addedRule('nat', redirect, { family }))],
    why: 'it needs neither mark nor routing nor a transparent listener, but it rewrites addresses',
  };
}

export const notTransparent: DeclaredFault = {
  fault: config({ at: listener('ingress'), set: { transparent: false } }),
  why: 'TPROXY gives packets to transparent sockets alone: Envoy gets none',
};

/** Another filter replaces it, so that a claim can add one behind it. */
export const noOriginalDst: DeclaredFault = {
  fault: config({
    at: listener('ingress'),
    set: {
      'listener_filters[envoy.filters.listener.original_dst]': listenerFilter('http_inspector', 'HttpInspector'),
    },
  }),
  why: 'nothing tells Envoy which upstream was dialled: 503 UH',
};

export const callsFromTheDownstreamsAddress: DeclaredFault = {
  fault: config({ at: listener('ingress'), append: { listener_filters: ORIGINAL_SRC } }),
  why: "Envoy's own connections have the address of the downstream, and need DIVERT to get their answers",
};

export const callsItsOwnPort: DeclaredFault = {
  fault: config({
    at: cluster('original_destination'),
    add: { original_dst_lb_config: { upstream_port_override: PORTS.listener } },
  }),
  why: 'the upstream is called on 4999, where nobody listens: 503 UF, and that port is on the wire',
};

export const keepsNoConnection: DeclaredFault = {
  fault: config({
    at: cluster('original_destination'),
    add: upstreamHttp({ common_http_protocol_options: { max_requests_per_connection: 1 } }),
  }),
  why: 'each request is a connection to the upstream of its own',
};

export const anotherAnswers = strangerAnswers('it names itself, as who served and as its server');
