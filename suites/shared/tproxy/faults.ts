import { PORTS } from '../../../helpers/constants/ports.ts';
import { cluster, listener } from '../../../helpers/envoy/select.ts';
import { addedRule, config, type DeclaredFault, upstream, withoutRule } from '../../../helpers/scenario/faults.ts';

/** The listener filter that has Envoy call upstreams from the downstream's address. */
export const ORIGINAL_SRC = {
  name: 'envoy.filters.listener.original_src',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_src.v3.OriginalSrc' },
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

/** Another filter stands in its place, so that a claim may add one behind it. */
export const noOriginalDst: DeclaredFault = {
  fault: config({
    at: listener('ingress'),
    set: {
      'listener_filters[envoy.filters.listener.original_dst]': {
        name: 'envoy.filters.listener.http_inspector',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector',
        },
      },
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

/** What a config has to add for its connections to upstreams, which speak HTTP/1.1, to have these options. */
export function upstreamHttp(options: Record<string, unknown>): Record<string, unknown> {
  const name = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  return {
    typed_extension_protocol_options: {
      [name]: {
        '@type': `type.googleapis.com/${name}`,
        common_http_protocol_options: options,
        explicit_http_config: { http_protocol_options: {} },
      },
    },
  };
}

export const keepsNoConnection: DeclaredFault = {
  fault: config({ at: cluster('original_destination'), add: upstreamHttp({ max_requests_per_connection: 1 }) }),
  why: 'each request is a connection to the upstream of its own',
};

export const anotherAnswers: DeclaredFault = {
  fault: upstream('upstream', { name: 'stranger' }),
  why: 'it names itself, as who served and as its server',
};
