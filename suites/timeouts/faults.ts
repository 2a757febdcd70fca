import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, route } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts, withoutRetries } from '../shared/faults.ts';

/** Shorter than every limit that claims expect. */
const SHORT = '0.03s';
/** Less than the shortest limit of a request, and long enough for a response. */
const BEFORE_OTHERS = '0.08s';

const limited = (name: string, options: Record<string, unknown>): Fault =>
  config({ at: connectionManager(name), add: options });

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
      limited('idle', { common_http_protocol_options: { max_stream_duration: SHORT } }),
      config({ at: route('/stream-idle/'), add: { 'route.max_stream_duration': { max_stream_duration: SHORT } } }),
    ],
    why: 'it ends requests first: max_duration_timeout instead of SI',
  },
  'max_retries is 0': withoutRetries('upstream'),
  'external requests count as internal': {
    fault: limited('ingress', {
      use_remote_address: true,
      internal_address_config: { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 31 }] },
    }),
    why: 'the headers that configure the router have an effect',
  },
  'upgrade_configs removed from the routes of upgrades': {
    fault: ['/socket/limited/', '/socket/unlimited/', '/socket/per-try/'].map((path) =>
      config({ at: route(path), delete: ['route.upgrade_configs'] }),
    ),
    why: 'Envoy returns 403, and the upstream receives no upgrade',
  },
  'another route timeout': {
    fault: config({ at: route('/route/'), set: { 'route.timeout': '0.35s' } }),
    why: 'x-envoy-expected-rq-timeout-ms is another one',
  },
  'wrong version recorded for the removed guard of upgrades': {
    misdated: CHANGES.upgradeTimeoutGuardRemoved,
    why: 'the claim expects the other response',
  },
};

export const accepted: Record<string, string> = {
  ...accepts('the limit of the next route differs only so that a slow lab does not reach it in the second try', [
    'route /per-try/answered: match.prefix is "/per-try/answeredx"',
    'route /per-try-idle/part: match.prefix is "/per-try-idle/partx"',
  ]),
  'route /per-try-idle/part: route.retry_policy.retry_on is not there':
    'the claim is that this condition retries nothing within a response body',
};
