import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import {
  cluster,
  connectionManager,
  listener,
  networkFilter,
  route,
  type Selector,
} from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults, upstream, withoutRule } from '../../helpers/scenario/faults.ts';
import { misdatedBody } from '../shared/faults.ts';
import { RULE } from './scenario.ts';

/** Shorter than every limit that claims expect. */
const SHORT = '0.03s';
/** Less than the shortest limit of a request, and long enough for a response. */
const BEFORE_OTHERS = '0.08s';
const COMMON = 'common_http_protocol_options';
const HTTP = 'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions]';

const limited = (name: string, options: Record<string, unknown>): Fault =>
  config({ at: connectionManager(name), add: options });
const retriedOn = (path: string, retryOn: string): Fault =>
  config({ at: route(path), set: { 'route.retry_policy.retry_on': retryOn } });
const tcp = (name: string): Selector => networkFilter('envoy.filters.network.tcp_proxy', listener(name));
const tcpLimit = (name: string, from: string, to: string): Fault =>
  config({ at: tcp(name), delete: [`typed_config.${from}`], add: { [`typed_config.${to}`]: '0.1s' } });

export const faults: Faults = {
  'idle_timeout and stream_idle_timeout are shorter than the other limits': {
    fault: [
      ...['/route/', '/silent/', '/stream-duration/', '/grpc/', '/upstream-duration/', '/hedged/'],
      ...['/per-try/answered', '/per-try/', '/per-try-idle/part', '/per-try-idle/'],
      ...['/socket/limited/', '/socket/unlimited/', '/socket/per-try/'],
    ]
      .map((path) => config({ at: route(path), add: { 'route.idle_timeout': BEFORE_OTHERS } }))
      .concat(
        ['internal', 'request', 'headers', 'stream'].map((name) =>
          limited(name, { stream_idle_timeout: BEFORE_OTHERS }),
        ),
      ),
    why: 'it ends requests first: SI instead of UT, and another counter',
  },
  'max_stream_duration is shorter than the idle timeouts': {
    fault: [
      limited('idle', { [COMMON]: { max_stream_duration: SHORT } }),
      config({ at: route('/stream-idle/'), add: { 'route.max_stream_duration': { max_stream_duration: SHORT } } }),
    ],
    why: 'it ends requests first: max_duration_timeout instead of SI',
  },
  'max_retries is 0': {
    fault: ['upstream', 'refused'].map((name) =>
      config({ at: cluster(name), add: { circuit_breakers: { thresholds: [{ max_retries: 0 }] } } }),
    ),
    why: 'no request is retried',
  },
  'more is retried': {
    fault: [
      retriedOn('/retried/5xx', '5xx,retriable-status-codes,envoy-ratelimited'),
      config({ at: route('/retried/5xx'), add: { 'route.retry_policy.retriable_status_codes': [404] } }),
      ...['/retried/reset', '/retried/gateway-error', '/retried/status'].map((path) => retriedOn(path, '5xx')),
      config({ at: route('/retried/small-buffer'), set: { per_request_buffer_limit_bytes: 8000 } }),
      limited('ingress', {
        use_remote_address: true,
        internal_address_config: { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
      }),
    ],
    why: 'other statuses, larger bodies, and what external requests ask for',
  },
  'routes of resets and upgrades lead to a port without a process': {
    fault: ['/retried/reset', '/socket/limited/'].map((path) =>
      config({ at: route(path), set: { 'route.cluster': 'refused' } }),
    ),
    why: 'connections are refused instead',
  },
  'another route timeout': {
    fault: config({ at: route('/route/'), set: { 'route.timeout': '0.35s' } }),
    why: 'x-envoy-expected-rq-timeout-ms is another one',
  },
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
  'wrong version recorded for the removed guard of upgrades': {
    misdated: CHANGES.upgradeTimeoutGuardRemoved,
    why: 'the claim expects the other response',
  },
  'wrong version recorded for the 503 body without failure reason': misdatedBody,
};
