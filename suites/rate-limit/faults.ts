import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { endpoint, filter, route } from '../../helpers/envoy/select.ts';
import { grpcError, overLimit, underLimit } from '../../helpers/scenario/answers.ts';
import { config, type Faults, rateLimit, upstream } from '../../helpers/scenario/faults.ts';

const RATE_LIMIT = 'envoy.filters.http.ratelimit';

export const faults: Faults = {
  'ratelimit filter disabled': {
    fault: config({ at: filter(RATE_LIMIT), add: { disabled: true } }),
    why: 'Envoy asks the service only on the route with the other filter',
  },
  'rate limit cluster points to a closed port': {
    fault: config({ at: endpoint('127.0.0.1:5030'), set: { 'address.socket_address.port_value': 5031 } }),
    why: 'every call fails',
  },
  'rate limit service never limits': {
    fault: rateLimit({ always: underLimit() }),
    why: 'no request is over a limit, and no call fails',
  },
  'rate limit service limits everything': {
    fault: rateLimit({ always: overLimit() }),
    why: 'every request that is described is over a limit',
  },
  'rate limit service always fails': {
    fault: rateLimit({ always: grpcError(14, 'broken') }),
    why: 'no request is over a limit',
  },
  'rate limit service repeats its first answer': {
    fault: rateLimit({ repeatsFirst: true }),
    why: 'the third request is under the limit, too',
  },
  'domain is another one': {
    fault: config({ at: filter(RATE_LIMIT), set: { 'typed_config.domain': 'other' } }),
    why: 'the service receives it',
  },
  'timeout is 5s': {
    fault: [RATE_LIMIT, `${RATE_LIMIT}.fails_closed`].map((name) =>
      config({ at: filter(name), set: { 'typed_config.timeout': '5s' } }),
    ),
    why: 'the service receives another deadline, and Envoy waits longer than a claim',
  },
  'other timeouts where none or the default one is set': {
    fault: [
      config({ at: filter(`${RATE_LIMIT}.waits`), set: { 'typed_config.timeout': '0.010s' } }),
      config({ at: filter(`${RATE_LIMIT}.default_timeout`), add: { 'typed_config.timeout': '0.5s' } }),
    ],
    why: 'the service receives other deadlines, and Envoy does not wait for it',
  },
  'descriptor of a POST removed': {
    fault: config({
      at: route('/described'),
      set: { 'route.rate_limits': [{ actions: [{ remote_address: {} }] }] },
    }),
    why: 'every request is described, by its address only',
  },
  'wrong version recorded for the timeout 0s': {
    misdated: CHANGES.rateLimitWithoutTimeout,
    why: 'the claim expects the other grpc-timeout',
  },
  'descriptor of users removed': {
    fault: config({
      at: route('/'),
      set: { 'route.rate_limits': [{ actions: [{ generic_key: { descriptor_value: 'all' } }] }] },
    }),
    why: 'the service cannot tell users apart',
  },
  'rate_limits set on /unlimited': {
    fault: config({
      at: route('/unlimited'),
      add: { 'route.rate_limits': [{ actions: [{ generic_key: { descriptor_value: 'all' } }] }] },
    }),
    why: 'Envoy asks the service',
  },
  'skip_if_absent set for the header x-user': {
    fault: config({
      at: route('/'),
      set: {
        'route.rate_limits': [
          { actions: [{ generic_key: { descriptor_value: 'all' } }] },
          {
            actions: [
              { request_headers: { header_name: 'x-user', descriptor_key: 'user', skip_if_absent: true } },
              { request_headers: { header_name: ':method', descriptor_key: 'method' } },
            ],
          },
        ],
      },
    }),
    why: 'a request without the header is described by its method',
  },
  'disable_x_envoy_ratelimited_header set': {
    fault: config({ at: filter(RATE_LIMIT), add: { 'typed_config.disable_x_envoy_ratelimited_header': true } }),
    why: 'the 429 lacks the header',
  },
  'enable_x_ratelimit_headers removed': {
    fault: config({ at: filter(RATE_LIMIT), delete: ['typed_config.enable_x_ratelimit_headers'] }),
    why: 'the response lacks x-ratelimit headers',
  },
  'failure_mode_deny is true instead of false': {
    fault: config({ at: filter(RATE_LIMIT), set: { 'typed_config.failure_mode_deny': true } }),
    why: 'a request gets 500 while the service fails',
  },
  'failure_mode_deny is false instead of true': {
    fault: config({ at: filter(`${RATE_LIMIT}.fails_closed`), set: { 'typed_config.failure_mode_deny': false } }),
    why: 'the request is forwarded while the service fails',
  },
  'upstream responds under another name': {
    fault: upstream('upstream', { name: 'other' }),
    why: 'the response names it',
  },
};
