import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, filter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

const FILTER = 'envoy.filters.http.local_ratelimit';
const LIMIT = `typed_per_filter_config[${FILTER}]`;

const percent = (numerator: number) => ({ default_value: { numerator } });

export const faults: Faults = {
  'local_ratelimit filter removed': {
    fault: config({ at: connectionManager(), delete: [`http_filters[${FILTER}]`] }),
    why: 'the limits of the routes have no effect',
  },
  'token_bucket set on the filter': {
    fault: config({
      at: filter(FILTER),
      add: {
        'typed_config.token_bucket': { max_tokens: 3, fill_interval: '3600s' },
        'typed_config.filter_enabled': percent(100),
        'typed_config.filter_enforced': percent(100),
      },
    }),
    why: 'it applies to each route without a limit of its own',
  },
  'max_tokens of /limited is 3 instead of 2': {
    fault: config({ at: route('/limited'), set: { [`${LIMIT}.token_bucket.max_tokens`]: 3 } }),
    why: 'the third request is forwarded',
  },
  'filter_enforced of /counted is 0 %': {
    fault: config({ at: route('/counted'), set: { [`${LIMIT}.filter_enforced`]: percent(0) } }),
    why: 'the request beyond the limit does not count as enforced',
  },
  'tokens_per_fill removed from /refilled': {
    fault: config({ at: route('/refilled'), delete: [`${LIMIT}.token_bucket.tokens_per_fill`] }),
    why: 'the bucket gets one token per hour, the default',
  },
  'max_tokens of /restarted is 4 instead of 1': {
    fault: config({ at: route('/restarted'), set: { [`${LIMIT}.token_bucket.max_tokens`]: 4 } }),
    why: 'no request exhausts the bucket',
  },
  'enable_x_ratelimit_headers removed from /advertised': {
    fault: config({ at: route('/advertised'), delete: [`${LIMIT}.enable_x_ratelimit_headers`] }),
    why: 'no response has x-ratelimit headers',
  },
  'fill_interval of /advertised is 60s': {
    fault: config({ at: route('/advertised'), set: { [`${LIMIT}.token_bucket.fill_interval`]: '60s' } }),
    why: 'x-ratelimit-reset is at most one minute',
  },
  'wrong version recorded for rounding x-ratelimit-reset up': {
    misdated: CHANGES.rateLimitResetRoundedUp,
    why: 'the claim expects a value that differs by one second',
  },
  'enable_x_ratelimit_headers set on /plain': {
    fault: config({ at: route('/plain'), add: { [`${LIMIT}.enable_x_ratelimit_headers`]: 'DRAFT_VERSION_03' } }),
    why: 'forwarded and denied responses have x-ratelimit headers',
  },
  'response_headers_to_add removed from the limit of /explained': {
    fault: config({ at: route('/explained'), delete: [`${LIMIT}.response_headers_to_add`] }),
    why: 'a denied response has no retry-after',
  },
  'retry-after added by the route instead of the limit': {
    fault: config({
      at: route('/explained'),
      delete: [`${LIMIT}.response_headers_to_add`],
      add: { response_headers_to_add: [{ header: { key: 'retry-after', value: '3600' } }] },
    }),
    why: 'forwarded responses have the header, too',
  },
  'status removed from the limit of /unavailable': {
    fault: config({ at: route('/unavailable'), delete: [`${LIMIT}.status`] }),
    why: 'a denied request gets the default 429',
  },
  'status of /accepted is 400 instead of 202': {
    fault: config({ at: route('/accepted'), set: { [`${LIMIT}.status.code`]: 'BadRequest' } }),
    why: 'Envoy uses a status that is not below 400',
  },
  'filter_enforced of /observed is 100 %': {
    fault: config({ at: route('/observed'), set: { [`${LIMIT}.filter_enforced`]: percent(100) } }),
    why: 'the second request is denied',
  },
  'request_headers_to_add_when_not_enforced removed from /observed': {
    fault: config({ at: route('/observed'), delete: [`${LIMIT}.request_headers_to_add_when_not_enforced`] }),
    why: 'the upstream receives no x-over-limit',
  },
  'filter_enabled of /disabled is 100 %': {
    fault: config({ at: route('/disabled'), set: { [`${LIMIT}.filter_enabled`]: percent(100) } }),
    why: 'the second request is denied',
  },
  'filter_enabled of /disabled is 100 %, filter_enforced 0 %': {
    fault: config({
      at: route('/disabled'),
      set: { [`${LIMIT}.filter_enabled`]: percent(100), [`${LIMIT}.filter_enforced`]: percent(0) },
    }),
    why: 'requests are forwarded but counted',
  },
  'limit removed from virtual host shared': {
    fault: config({ at: virtualHost('shared'), delete: ['typed_per_filter_config'] }),
    why: 'its routes without a limit are unlimited',
  },
  'limit removed from route /own': {
    fault: config({ at: route('/own'), delete: ['typed_per_filter_config'] }),
    why: 'the route uses the exhausted bucket of its virtual host',
  },
  'always_consume_default_token_bucket removed from /tenants': {
    fault: config({ at: route('/tenants'), delete: [`${LIMIT}.always_consume_default_token_bucket`] }),
    why: 'the default is true: the first request takes the only token of the route',
  },
  'descriptor of /tenants matches silver instead of gold': {
    fault: config({ at: route('/tenants'), set: { [`${LIMIT}.descriptors.entries.value`]: 'silver' } }),
    why: 'gold shares the bucket of the route',
  },
  'descriptor of /users matches only alice': {
    fault: config({ at: route('/users'), add: { [`${LIMIT}.descriptors.entries.value`]: 'alice' } }),
    why: 'bob uses the bucket of the route',
  },
  'local_rate_limit_per_downstream_connection removed from /per-connection': {
    fault: config({
      at: route('/per-connection'),
      delete: [`${LIMIT}.local_rate_limit_per_downstream_connection`],
    }),
    why: 'the second connection finds the bucket empty',
  },
  'local_rate_limit_per_downstream_connection removed from /second-of-connection': {
    fault: config({
      at: route('/second-of-connection'),
      delete: [`${LIMIT}.local_rate_limit_per_downstream_connection`],
    }),
    why: 'the route uses its own bucket of three tokens',
  },
};

/** Mutations that no claim can detect, each with the reason. */
export const accepted: Record<string, string> = {
  [`route /limited: ${LIMIT}.filter_enabled.default_value.numerator is 101`]:
    'more than 100 % means every request, as 100 % does',
  [`route /limited: ${LIMIT}.stat_prefix is "limitx"`]:
    'shared by the routes whose counters no claim reads; other claims assert the effect of a stat_prefix',
  [`route /observed: ${LIMIT}.filter_enforced.default_value.numerator is 1`]:
    'affects a random 1 % of requests, which no claim can send reliably',
  [`route /disabled: ${LIMIT}.filter_enabled.default_value.numerator is 1`]:
    'affects a random 1 % of requests, which no claim can send reliably',
  [`route /disabled: ${LIMIT}.token_bucket.max_tokens is 2`]: 'a limit that is not enabled takes no token',
  [`route /refilled: ${LIMIT}.token_bucket.max_tokens is 2`]: 'a token is always available already',
  [`route /refilled: ${LIMIT}.token_bucket.tokens_per_fill is 36000001`]:
    'the difference in rate is less than a claim can measure',
  [`route /users: ${LIMIT}.token_bucket.max_tokens is 5`]: 'the bucket of the route never runs empty',
  [`route /second-of-connection: ${LIMIT}.token_bucket.max_tokens is 4`]:
    'the connection has the bucket of the first route',
};
