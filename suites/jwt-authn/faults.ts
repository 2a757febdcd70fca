import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { endpoint, filter } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults, jwks, upstream } from '../../helpers/scenario/faults.ts';

const FILTER = 'envoy.filters.http.jwt_authn';

/** Changes the provider that fetches the keys for each request. */
const fresh = (change: { set?: Record<string, unknown>; add?: Record<string, unknown>; delete?: string[] }): Fault => {
  const at = 'typed_config.providers.fresh.';
  const below = (fields: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [at + key, value]));
  return config({
    at: filter(FILTER),
    ...(change.set && { set: below(change.set) }),
    ...(change.add && { add: below(change.add) }),
    ...(change.delete && { delete: change.delete.map((key) => at + key) }),
  });
};

export const faults: Faults = {
  'jwt_authn filter disabled': {
    fault: config({ at: filter(FILTER), add: { disabled: true } }),
    why: 'Envoy forwards requests without a token',
  },
  'JWKS cluster points to a closed port': {
    fault: config({ at: endpoint('127.0.0.1:5040'), set: { 'address.socket_address.port_value': 5041 } }),
    why: 'no token can be verified',
  },
  'JWKS server always answers 503': {
    fault: jwks({ always: { status: 503 } }),
    why: 'no token can be verified',
  },
  'JWKS server returns an empty key set': {
    fault: jwks({ always: { status: 200, body: '{"keys":[]}' } }),
    why: 'no token can be verified, and a failed fetch is none',
  },
  'issuer is another one': {
    fault: fresh({ set: { issuer: 'https://other.example' } }),
    why: 'tokens of the issuer are refused',
  },
  'issuer removed': {
    fault: fresh({ delete: ['issuer'] }),
    why: 'tokens of other issuers pass',
  },
  'audiences removed': {
    fault: fresh({ delete: ['audiences'] }),
    why: 'tokens for other audiences pass',
  },
  'clock_skew_seconds is 100 years': {
    fault: fresh({ add: { clock_skew_seconds: 3_155_760_000 } }),
    why: 'a token that has expired, or is not valid yet, passes',
  },
  'forward set': {
    fault: fresh({ add: { forward: true } }),
    why: 'the upstream receives the token',
  },
  'forward_payload_header removed': {
    fault: fresh({ delete: ['forward_payload_header'] }),
    why: 'the upstream receives the forged header',
  },
  'claim_to_headers removed': {
    fault: fresh({ delete: ['claim_to_headers'] }),
    why: 'the upstream receives the forged headers',
  },
  'allow_missing is allow_missing_or_failed': {
    fault: config({
      at: filter(FILTER),
      set: {
        'typed_config.rules': [
          { match: { path: '/public' } },
          {
            match: { path: '/optional' },
            requires: { requires_any: { requirements: [{ provider_name: 'fresh' }, { allow_missing_or_failed: {} }] } },
          },
          { match: { path: '/cached' }, requires: { provider_name: 'cached' } },
          { match: { prefix: '/' }, requires: { provider_name: 'fresh' } },
        ],
      },
    }),
    why: 'a request with an expired token passes',
  },
  'wrong version recorded for the removal of forged headers': {
    misdated: CHANGES.jwtHeadersSanitized,
    why: 'the claim expects the forged headers',
  },
  'keys of `fresh` cached for ten minutes': {
    fault: fresh({ set: { 'remote_jwks.cache_duration': '600s' } }),
    why: 'Envoy does not fetch other keys',
  },
  'keys of `cached` cached for a millisecond': {
    fault: config({
      at: filter(FILTER),
      set: { 'typed_config.providers.cached.remote_jwks.cache_duration': '0.001s' },
    }),
    why: 'Envoy fetches the keys for each request',
  },
  'requirement for every path': {
    fault: config({
      at: filter(FILTER),
      set: { 'typed_config.rules': [{ match: { prefix: '/' }, requires: { provider_name: 'fresh' } }] },
    }),
    why: 'a public path needs a token',
  },
  'upstream responds under another name': {
    fault: upstream('upstream', { name: 'other' }),
    why: 'the response names it',
  },
};

export const accepted: Record<string, string> = {
  [`HTTP filter ${FILTER}: typed_config.providers.cached.remote_jwks.cache_duration is not there`]:
    'the default is 5 min; no claim waits until cached keys expire',
};
