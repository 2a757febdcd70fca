import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { route } from '../../helpers/envoy/select.ts';
import { authzFault, config, type Faults } from '../../helpers/scenario/faults.ts';
import {
  acceptedTimeouts,
  authzFilter,
  grpcFaults,
  omitsAppend,
  raisedHeaderLimits,
} from '../shared/ext-authz/faults.ts';

export const faults: Faults = {
  ...grpcFaults,
  'authorization service omits append': omitsAppend,
  'authorization service omits append_action': {
    fault: authzFault({ loses: ['append_action'] }),
    why: 'response headers get the default action; request headers do not depend on it',
  },
  'authorization service omits response_headers_to_add': {
    fault: authzFault({ loses: ['response_headers_to_add'] }),
    why: "the response has only the upstream's headers",
  },
  'authorization service omits headers_to_remove': {
    fault: authzFault({ loses: ['headers_to_remove'] }),
    why: 'the request keeps the headers',
  },
  'authorization service omits query_parameters_to_set and query_parameters_to_remove': {
    fault: authzFault({ loses: ['query_parameters_to_set', 'query_parameters_to_remove'] }),
    why: "the upstream receives the client's query",
  },
  'authorization service omits dynamic_metadata': {
    fault: authzFault({ loses: ['dynamic_metadata'] }),
    why: 'the request gets no x-plan',
  },
  'host_rewrite_literal set on the default route': {
    fault: config({ at: route('/'), add: { 'route.host_rewrite_literal': 'another.host' } }),
    why: 'the route overwrites the host of ok_response.headers',
  },
  'max_headers_count and max_request_headers_kb raised': raisedHeaderLimits,
  'validate_mutations removed': {
    fault: authzFilter({ delete: ['typed_config.validate_mutations'] }, '.validates'),
    why: 'an invalid header reaches the client, or the codec rejects it',
  },
  'validate_mutations set on the default filter': {
    fault: authzFilter({ add: { 'typed_config.validate_mutations': true } }),
    why: 'an invalid header returns 500 before Envoy writes it',
  },
  'wrong version recorded for request_header_limits_reached': {
    misdated: CHANGES.requestHeaderLimitsReached,
    why: 'the claim expects the other value of the counter',
  },
};

export const accepted = acceptedTimeouts('', '.validates');
