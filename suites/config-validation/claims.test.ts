import { describe, expect } from 'vitest';
import { chapter, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import type { ConfigChange } from '../../helpers/envoy/config-change.ts';
import { CHANGES, type Change } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, filter, listener, networkFilter, route } from '../../helpers/envoy/select.ts';
import { guard } from '../shared/guard.ts';
import { configValidation } from './scenario.ts';

const test = chapter(configValidation);

const TCP_PROXY = networkFilter('envoy.filters.network.tcp_proxy', listener('bytes'));
const HTTP = connectionManager('ingress');
const ROUTER = filter('envoy.filters.http.router');
const ACCEPTED = 'accepted';

/** `accepted`, or Envoy's reason to refuse the config. Spaces vary: protobuf adds some at random. */
async function verdict(lab: Lab, change: ConfigChange): Promise<string> {
  const { status, log } = await lab.validate(change);
  if (status === 0) return /configuration '.*' OK/.test(log) ? ACCEPTED : log;
  const [, reason = log] = /error initializing configuration '.*?': ([\s\S]*)/.exec(log) ?? [];
  return reason.replaceAll(/\s+/g, ' ');
}

/** An access log of a TCP proxy with this text. */
function logs(operator: string): ConfigChange {
  const type = 'type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog';
  const log_format = { text_format_source: { inline_string: `${operator}\n` } };
  const logger = { name: 'envoy.access_loggers.stdout', typed_config: { '@type': type, log_format } };
  return { at: TCP_PROXY, add: { 'typed_config.access_log': [logger] } };
}

/** A UDP listener that another program binds. */
const UNBOUND_UDP = {
  name: 'udp',
  bind_to_port: false,
  address: { socket_address: { protocol: 'UDP', address: '0.0.0.0', port_value: 4997 } },
  udp_listener_config: {},
  listener_filters: [
    {
      name: 'envoy.filters.udp_listener.udp_proxy',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.UdpProxyConfig',
        stat_prefix: 'udp',
        matcher: {
          on_no_match: {
            action: {
              name: 'route',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.filters.udp.udp_proxy.v3.Route',
                cluster: 'upstream',
              },
            },
          },
        },
      },
    },
  ],
};

const AUTHZ_V2 = {
  name: 'envoy.filters.http.ext_authz',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
    transport_api_version: 'V2',
    grpc_service: { envoy_grpc: { cluster_name: 'upstream' } },
  },
};

const noSuchField = (name: string) => `no such field: '${name}'`;
const noOperator = (name: string) => `Not supported field in StreamInfo: ${name}`;

test('every version accepts the unchanged config, and forwards requests and bytes with it', async ({
  lab,
  downstream,
}) => {
  expect(await verdict(lab, {})).toBe(ACCEPTED);
  const request = { send: 'GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n' };
  const { reply: bytes } = await downstream.dial(`127.0.0.1:${PORTS.bytesListener}`, { steps: [request] });
  const { reply } = await downstream.get(lab.envoyUrl);
  expect(reply.servedBy).toBe('upstream');
  expect(bytes.body).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

describe('configs that some versions accept', () => {
  const rows: { title: string; change: Change; config: ConfigChange; before: string; after: string }[] = [
    ...(['DOWNSTREAM', 'UPSTREAM'] as const).map((side) => ({
      title: `%${side}_DETECTED_CLOSE_TYPE% of an access log is refused before 1.38.0, and accepted since`,
      change: CHANGES.detectedCloseType,
      config: logs(`%${side}_DETECTED_CLOSE_TYPE%`),
      ...{ before: noOperator(`${side}_DETECTED_CLOSE_TYPE`), after: ACCEPTED },
    })),
    {
      title: '%COALESCE(…)% of an access log is refused before 1.37.0, and accepted since',
      change: CHANGES.coalesceOperator,
      config: logs('%COALESCE({"operators":["PROTOCOL"]})%'),
      ...{ before: noOperator('COALESCE'), after: ACCEPTED },
    },
    {
      title: 'reject_connect_request_early_data of the router is refused before 1.37.0, and accepted since',
      change: CHANGES.connectEarlyDataOption,
      config: { at: ROUTER, add: { 'typed_config.reject_connect_request_early_data': true } },
      ...{ before: noSuchField('reject_connect_request_early_data'), after: ACCEPTED },
    },
    {
      title: 'max_early_data_bytes of tcp_proxy is refused before 1.37.0, and accepted since',
      change: CHANGES.upstreamConnectMode,
      config: { at: TCP_PROXY, add: { 'typed_config.max_early_data_bytes': 1024 } },
      ...{ before: noSuchField('max_early_data_bytes'), after: ACCEPTED },
    },
    {
      title: 'a UDP listener with bind_to_port false is accepted before 1.40.0, and refused since',
      change: CHANGES.unboundUdpRefused,
      config: { append: { 'static_resources.listeners': UNBOUND_UDP } },
      ...{ before: ACCEPTED, after: 'listener udp: bind_to_port: false is not supported for UDP listeners' },
    },
  ];
  for (const { title, change, config, before, after } of rows) {
    test(title, differs(change), async ({ lab, since }) => {
      expect(await verdict(lab, config)).toContain(since(change) ? after : before);
    });
  }

  test(
    'upstream_connect_mode ON_DOWNSTREAM_TLS_HANDSHAKE without max_early_data_bytes is accepted in 1.37 alone',
    differs(CHANGES.upstreamConnectMode, CHANGES.earlyDataBytesRequired),
    async ({ lab, since }) => {
      const mode = 'ON_DOWNSTREAM_TLS_HANDSHAKE';
      const known = since(CHANGES.upstreamConnectMode) ? ACCEPTED : noSuchField('upstream_connect_mode');
      expect(await verdict(lab, { at: TCP_PROXY, add: { 'typed_config.upstream_connect_mode': mode } })).toContain(
        since(CHANGES.earlyDataBytesRequired)
          ? 'max_early_data_bytes must be set when upstream_connect_mode is not IMMEDIATE'
          : known,
      );
    },
  );
});

describe('configs that no version accepts', () => {
  const rows: { title: string; config: ConfigChange; reason: string }[] = [
    {
      title: 'an unknown field is refused, with its name and its message',
      config: { at: HTTP, add: { no_such_field: 1 } },
      reason: noSuchField('no_such_field'),
    },
    {
      title: 'the v2 field `hosts` of a cluster is refused as an unknown field',
      config: { at: cluster('upstream'), add: { hosts: [] } },
      reason: noSuchField('hosts'),
    },
    {
      title: 'a v2 @type of the HTTP connection manager is refused as unknown',
      config: {
        at: HTTP,
        set: {
          '@type': 'type.googleapis.com/envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager',
        },
      },
      reason: "could not find @type 'type.googleapis.com/envoy.config.filter.network.http_connection_manager.v2.",
    },
    {
      title: 'transport_api_version V2 of ext_authz is refused: V2 xDS transport protocol version is deprecated',
      config: { at: HTTP, set: { http_filters: [AUTHZ_V2] } },
      reason: 'V2 xDS transport protocol version is deprecated in ',
    },
    {
      title: 'an access log operator that no version knows is refused by its name',
      config: logs('%NO_SUCH_OPERATOR%'),
      reason: noOperator('NO_SUCH_OPERATOR'),
    },
    {
      title: 'an original destination cluster with a load_assignment is refused',
      config: { at: cluster('upstream'), set: { type: 'ORIGINAL_DST' }, add: { lb_policy: 'CLUSTER_PROVIDED' } },
      reason: 'ORIGINAL_DST clusters must have no load assignment configured',
    },
    {
      title: 'request_headers_to_add with the name host is refused',
      config: { at: HTTP, add: { 'route_config.request_headers_to_add': [{ header: { key: 'host', value: 'b' } }] } },
      reason: ':-prefixed or host headers may not be modified',
    },
  ];
  for (const { title, config, reason } of rows) {
    test(title, async ({ lab }) => {
      expect(await verdict(lab, config)).toContain(reason);
    });
  }

  test('a route to an unknown cluster is refused; a TCP proxy to one is accepted', async ({ lab }) => {
    expect(await verdict(lab, { at: route('/'), set: { 'route.cluster': 'nowhere' } })).toContain(
      "route: unknown cluster 'nowhere'",
    );
    expect(await verdict(lab, { at: TCP_PROXY, set: { 'typed_config.cluster': 'nowhere' } })).toBe(ACCEPTED);
  });

  test('a removed runtime guard is accepted, with a message that names it', async ({ lab }) => {
    const { status, log } = await lab.validate(guard('no_such_guard', false).config);
    expect(status).toBe(0);
    expect(log).toContain('Using a removed guard envoy.reloadable_features.no_such_guard');
  });
});
