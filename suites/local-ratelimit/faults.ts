import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, filter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

const FILTER = 'envoy.filters.http.local_ratelimit';
const LIMIT = `typed_per_filter_config[${FILTER}]`;

const percent = (numerator: number) => ({ default_value: { numerator } });

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'the filter is missing': {
    fault: config({ at: connectionManager(), delete: [`http_filters[${FILTER}]`] }),
    why: 'without the filter the limits of the routes have no effect',
  },
  'the filter limits the routes without a limit': {
    fault: config({
      at: filter(FILTER),
      add: {
        'typed_config.token_bucket': { max_tokens: 3, fill_interval: '3600s' },
        'typed_config.filter_enabled': percent(100),
        'typed_config.filter_enforced': percent(100),
      },
    }),
    why: 'its bucket applies to each route that has none',
  },
  'the bucket of the limited route has one token more': {
    fault: config({ at: route('/limited'), set: { [`${LIMIT}.token_bucket.max_tokens`]: 3 } }),
    why: 'the third request takes it',
  },
  'the limit of the counted route is not enforced': {
    fault: config({ at: route('/counted'), set: { [`${LIMIT}.filter_enforced`]: percent(0) } }),
    why: 'enforced counts denied requests alone',
  },
  'the bucket that refills gets one token per hour': {
    fault: config({ at: route('/refilled'), delete: [`${LIMIT}.token_bucket.tokens_per_fill`] }),
    why: 'tokens_per_fill defaults to 1',
  },
  'the bucket of the restarted route has a token for each request': {
    fault: config({ at: route('/restarted'), set: { [`${LIMIT}.token_bucket.max_tokens`]: 4 } }),
    why: 'no request exhausts it',
  },
  'no response advertises the limit': {
    fault: config({ at: route('/advertised'), delete: [`${LIMIT}.enable_x_ratelimit_headers`] }),
    why: 'the headers are off by default',
  },
  'the bucket of the advertised route gets a token per minute': {
    fault: config({ at: route('/advertised'), set: { [`${LIMIT}.token_bucket.fill_interval`]: '60s' } }),
    why: 'x-ratelimit-reset is the time until the next token',
  },
  'Envoy is known to round x-ratelimit-reset up since another version': {
    misdated: CHANGES.roundsResetUp,
    why: 'the header differs by one second',
  },
  'every response advertises the limit': {
    fault: config({ at: route('/plain'), add: { [`${LIMIT}.enable_x_ratelimit_headers`]: 'DRAFT_VERSION_03' } }),
    why: 'forwarded and denied responses have the headers',
  },
  'a denied response has no Retry-After': {
    fault: config({ at: route('/explained'), delete: [`${LIMIT}.response_headers_to_add`] }),
    why: 'the filter adds no Retry-After by itself',
  },
  'the route adds Retry-After to every response': {
    fault: config({
      at: route('/explained'),
      delete: [`${LIMIT}.response_headers_to_add`],
      add: { response_headers_to_add: [{ header: { key: 'retry-after', value: '3600' } }] },
    }),
    why: 'headers of the route are added to forwarded responses, too',
  },
  'the limit has no status': {
    fault: config({ at: route('/unavailable'), delete: [`${LIMIT}.status`] }),
    why: 'the default is 429',
  },
  'the status below 400 is one above': {
    fault: config({ at: route('/accepted'), set: { [`${LIMIT}.status.code`]: 'BadRequest' } }),
    why: 'Envoy uses it',
  },
  'the observed limit is enforced': {
    fault: config({ at: route('/observed'), set: { [`${LIMIT}.filter_enforced`]: percent(100) } }),
    why: 'the second request is denied',
  },
  'the observed limit adds no header': {
    fault: config({ at: route('/observed'), delete: [`${LIMIT}.request_headers_to_add_when_not_enforced`] }),
    why: 'the upstream cannot recognise a request beyond the limit',
  },
  'the disabled limit is enabled': {
    fault: config({ at: route('/disabled'), set: { [`${LIMIT}.filter_enabled`]: percent(100) } }),
    why: 'the second request is denied',
  },
  'the disabled limit is enabled but not enforced': {
    fault: config({
      at: route('/disabled'),
      set: { [`${LIMIT}.filter_enabled`]: percent(100), [`${LIMIT}.filter_enforced`]: percent(0) },
    }),
    why: 'every request is forwarded but counted',
  },
  'the virtual host has no limit': {
    fault: config({ at: virtualHost('shared'), delete: ['typed_per_filter_config'] }),
    why: 'its routes without a limit are unlimited',
  },
  'the route in the limited virtual host has no limit of its own': {
    fault: config({ at: route('/own'), delete: ['typed_per_filter_config'] }),
    why: 'it uses the exhausted bucket of the virtual host',
  },
  'a request with a descriptor takes a token of the route, too': {
    fault: config({ at: route('/tenants'), delete: [`${LIMIT}.always_consume_default_token_bucket`] }),
    why: 'the default is true: the one token of the route is gone with the first request',
  },
  'the descriptor is for another header value': {
    fault: config({ at: route('/tenants'), set: { [`${LIMIT}.descriptors.entries.value`]: 'silver' } }),
    why: 'gold shares the bucket of the route',
  },
  'a descriptor without a value has one': {
    fault: config({ at: route('/users'), add: { [`${LIMIT}.descriptors.entries.value`]: 'alice' } }),
    why: 'bob uses the bucket of the route',
  },
  'connections share one bucket': {
    fault: config({
      at: route('/per-connection'),
      delete: [`${LIMIT}.local_rate_limit_per_downstream_connection`],
    }),
    why: 'the second connection finds it empty',
  },
  'the second limit of a connection is not per connection': {
    fault: config({
      at: route('/second-of-connection'),
      delete: [`${LIMIT}.local_rate_limit_per_downstream_connection`],
    }),
    why: 'it uses its own bucket of three tokens',
  },
};

/** Mutations that no claim can detect, each with the reason. */
export const accepted: Record<string, string> = {
  [`route /limited: ${LIMIT}.filter_enabled.default_value.numerator is 101`]: 'more than 100 % is every request, too',
  [`route /limited: ${LIMIT}.stat_prefix is "limitx"`]:
    'shared by the routes whose counters no claim reads; other claims assert the effect of a stat_prefix',
  [`route /observed: ${LIMIT}.filter_enforced.default_value.numerator is 1`]:
    'a random 1 % of requests, which no claim can be sure to send',
  [`route /disabled: ${LIMIT}.filter_enabled.default_value.numerator is 1`]:
    'a random 1 % of requests, which no claim can be sure to send',
  [`route /disabled: ${LIMIT}.token_bucket.max_tokens is 2`]: 'a limit that is not enabled takes no token',
  [`route /refilled: ${LIMIT}.token_bucket.max_tokens is 2`]: 'one token is always there already',
  [`route /refilled: ${LIMIT}.token_bucket.tokens_per_fill is 36000001`]: 'faster by less than a claim can measure',
  [`route /users: ${LIMIT}.token_bucket.max_tokens is 5`]: 'the bucket of the route never runs empty',
  [`route /second-of-connection: ${LIMIT}.token_bucket.max_tokens is 4`]:
    'the connection has the bucket of the first route',
};
