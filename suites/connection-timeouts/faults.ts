import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener, networkFilter, type Selector } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { RULE } from './scenario.ts';

/** Shorter than every limit that claims expect. */
const SHORT = '0.03s';
const COMMON = 'common_http_protocol_options';
const HTTP = 'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions]';

const tcp = (name: string): Selector => networkFilter('envoy.filters.network.tcp_proxy', listener(name));
const tcpLimit = (name: string, from: string, to: string): Fault =>
  config({ at: tcp(name), delete: [`typed_config.${from}`], add: { [`typed_config.${to}`]: '0.1s' } });

export const faults: Faults = {
  'limits of connections exchanged': {
    fault: [
      config({ at: connectionManager('age'), set: { [COMMON]: { idle_timeout: SHORT } } }),
      config({ at: connectionManager('keep-alive'), set: { [COMMON]: { max_connection_duration: SHORT } } }),
      config({ at: connectionManager('count'), set: { [COMMON]: { max_requests_per_connection: 3 } } }),
      config({ at: connectionManager('delayed-close'), set: { delayed_close_timeout: '0s' } }),
      config({ at: cluster('counted'), set: { [`${HTTP}.${COMMON}.max_requests_per_connection`]: 2 } }),
      tcpLimit('bytes', 'idle_timeout', 'max_downstream_connection_duration'),
      tcpLimit('bytes-age', 'max_downstream_connection_duration', 'idle_timeout'),
      config({ at: tcp('bytes-dropped'), set: { 'typed_config.max_connect_attempts': 1 } }),
    ],
    why: 'another limit closes each connection, and moves its own counter',
  },
  'upstream returns 503 for every path': {
    fault: upstream('upstream', { status: 503 }),
    why: 'the requests of claims about connections expect another status',
  },
  'connections to port 5001 are refused instead of dropped': {
    fault: withoutRule(RULE),
    why: 'no connection attempt reaches a limit of time',
  },
  'wrong version recorded for the idle timer of connection attempts': {
    misdated: CHANGES.upstreamIdleTimer,
    why: 'the claim expects the other details and counter',
  },
};

export const accepted: Record<string, string> = {
  [`cluster dropped-idle: ${HTTP}.${COMMON}.idle_timeout is not there`]:
    'since 1.38.0 an idle_timeout has no effect before the connection is established, which the claim asserts',
};
