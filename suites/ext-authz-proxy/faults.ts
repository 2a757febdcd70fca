import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { AT, addedRule, authzFault, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

/** Where things stand in the config. */
const VIRTUAL_HOST = `${AT.http}.route_config.virtual_hosts.0`;

const FILTER = (at: number) => `${AT.http}.http_filters.${at}`;

const ROUTE = (at: number) => `${VIRTUAL_HOST}.routes.${at}`;

const SETTINGS = (at: number) => `${ROUTE(at)}.typed_per_filter_config`;

/** What a route says to a filter. */
const perRoute = (settings: object) => ({
  '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute',
  ...settings,
});

/** Claims that show headers which the stub adds, to a request or to a denial. */
const SHOW_WHAT_IS_ADDED = [
  'what is allowed reaches the upstream with the headers that the stub added',
  'a downstream that forges these headers does not get its own through',
  'what is denied gets status, headers and body of the stub',
  'a header of a denial is a line of its own each time, whatever its append_action',
  'a header of a denial with append: true is left out',
  'of what Envoy writes itself, a denial changes the content-type alone',
  'append unset: a header that is absent becomes stub',
  'append unset: a header that is there becomes stub',
  'append unset: a header that stands twice becomes stub',
  'append false: a header that is absent becomes stub',
  'append false: a header that is there becomes stub',
  'append false: a header that stands twice becomes stub',
  'append_action changes nothing about a header of the request',
  'the stub can send a request to another host and path than the downstream asked for',
  'an answer that takes long, but less than its timeout, is waited for',
  '80 added headers reach the upstream, 150 are more than a request may have: 500',
  'failure_mode_allow does not let a request pass that an answer has made too large',
  'a header of 70,000 bytes is more than a request may have: 500',
  '150 headers that are added to a reply, or to a denial, reach the downstream',
  'a header that HTTP does not allow ends the request on its way to the upstream: 503 DPE',
  'to the downstream such a header is written as it is: the stub can split a reply',
  'with validate_mutations such an answer is 500, to whichever side it was meant',
  'with validate_mutations an answer without such a header is as it was',
];

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'the filter is off': {
    fault: config({ add: { [`${FILTER(0)}.disabled`]: true } }),
    why: 'nobody is asked, unless a route of its own turns the filter on',
    kills: {
      allBut: [
        'each route asks the stub with the time limit that it has, and the upstream for /',
        'a route without ext_authz asks nobody, and what is forged there goes through',
        'the path in the check is the one that was asked for, not the one that the route makes of it',
        'a body that is too large for the check is 413, and nobody is asked',
        'while the stub is down, failure_mode_allow lets a request pass, and counts it',
        'what a downstream forges goes through where a failure is let pass',
        'with failure_mode_allow_header_add the upstream is told of it',
        'a downstream can forge what that header tells',
        'status_on_error is the status of a failure, not of a denial',
        'an answer that comes later than its timeout is as good as none: 403',
        'an answer that never comes is let pass by failure_mode_allow',
        'with a timeout of 0s Envoy waits, and tells the stub that no time is left up to 1.37, no limit since',
        'with a timeout of 0s a stub that keeps deadlines fails the check up to 1.37, and answers it since',
        'a denial stays one, whatever failure_mode_allow says',
        'failure_mode_allow lets an error_response pass where Envoy knows it',
        'an error_response without a status has that of status_on_error, where Envoy knows it',
        'failure_mode_allow does not let a request pass that an answer has made too large',
        'with validate_mutations such an answer is 500, to whichever side it was meant',
        'with validate_mutations an answer without such a header is as it was',
        'a downstream on loopback is told as the address of Envoy in x-forwarded-for, and as external',
        'what a downstream says about its address is kept in x-forwarded-for, but believed nowhere',
        'with internal_address_config a downstream is internal, unless it says that it speaks for another',
      ],
    },
  },
  'Envoy asks at a port on which nobody listens': {
    fault: config({
      set: {
        'static_resources.clusters.1.load_assignment.endpoints.0.lb_endpoints.0.endpoint.address.socket_address.port_value': 5011,
      },
    }),
    why: 'every check fails',
    kills: {
      allBut: [
        'a route without ext_authz asks nobody, and what is forged there goes through',
        'a body that is too large for the check is 413, and nobody is asked',
        'while the stub is down, a request is refused with 403',
        'while the stub is down, failure_mode_allow lets a request pass, and counts it',
        'what a downstream forges goes through where a failure is let pass',
      ],
    },
  },
  'Envoy waits for the stub as long as it does by itself': {
    fault: config({ delete: ['static_resources.clusters.1.connect_timeout'] }),
    why: 'that is 5 s',
    kills: ['a stub that nothing is heard of is given up after the connect timeout: 403'],
  },
  'the stub refuses nothing': {
    fault: authzFault({ refusesNothing: true }),
    why: 'what it should refuse or not answer is allowed',
    kills: [
      'what is denied gets status, headers and body of the stub',
      'what is denied never reaches the upstream',
      'a denial that names no status is 403 without a body',
      'a denial may be a 200, which the upstream has not seen',
      'the status decides, whatever kind of answer comes with it',
      'a header of a denial is a line of its own each time, whatever its append_action',
      'a header of a denial with append: true is left out',
      'of what Envoy writes itself, a denial changes the content-type alone',
      'status_on_error is the status of a failure, not of a denial',
      'an answer that never comes is let pass by failure_mode_allow',
      'a gRPC error is a failure and no denial, even PERMISSION_DENIED',
      'bytes that are no CheckResponse are a failure',
      'a denial stays one, whatever failure_mode_allow says',
      'error_response is the reply to a failure since 1.37.0, and before it a denial without it',
      'failure_mode_allow lets an error_response pass where Envoy knows it',
      'an error_response without a status has that of status_on_error, where Envoy knows it',
      '150 headers that are added to a reply, or to a denial, reach the downstream',
      'to the downstream such a header is written as it is: the stub can split a reply',
      'with validate_mutations such an answer is 500, to whichever side it was meant',
    ],
  },
  'the stub allows nothing': {
    fault: authzFault({ allowsNothing: true }),
    why: 'what it should allow, or answer in another way, is denied',
    kills: {
      allBut: [
        'a stub that nothing is heard of is given up after the connect timeout: 403',
        'a route without ext_authz asks nobody, and what is forged there goes through',
        'the check carries both ends of the connection of the downstream',
        'the check carries method, path with its query, host, scheme and protocol',
        'the check carries the context extensions of its route, and of no other',
        'a body that is too large for the check is 413, and nobody is asked',
        'a denial that names no status is 403 without a body',
        'while the stub is down, a request is refused with 403',
        'while the stub is down, failure_mode_allow lets a request pass, and counts it',
        'what a downstream forges goes through where a failure is let pass',
        'status_on_error is the status of a failure, not of a denial',
        'a denial stays one, whatever failure_mode_allow says',
        {
          title: 'error_response is the reply to a failure since 1.37.0, and before it a denial without it',
          before: CHANGES.errorResponse,
        },
        {
          title: 'failure_mode_allow lets an error_response pass where Envoy knows it',
          before: CHANGES.errorResponse,
        },
        {
          title: 'an error_response without a status has that of status_on_error, where Envoy knows it',
          before: CHANGES.errorResponse,
        },
      ],
    },
  },
  'the stub adds no headers to a request or a denial': {
    fault: authzFault({ loses: ['ok_response.headers', 'denied_response.headers'] }),
    why: 'they are what claims look at',
    kills: [
      ...SHOW_WHAT_IS_ADDED,
      'append true: a header that is there becomes client,stub',
      'append true: a header that stands twice becomes c1,stub | c2',
    ],
  },
  'the stub forgets append': {
    fault: authzFault({ loses: ['append'] }),
    why: 'unset is false to a request, but true to a reply',
    kills: [
      'a header of a denial with append: true is left out',
      'append true: a header that is absent becomes nothing',
      'append true: a header that is there becomes client,stub',
      'append true: a header that stands twice becomes c1,stub | c2',
      'append_action changes nothing about a header of the request',
      "response_headers_to_add replaces the upstream's with append: false",
    ],
  },
  'the stub appends every header': {
    fault: authzFault({ appends: true }),
    why: 'what a downstream forges survives, and what a denial adds is left out',
    kills: SHOW_WHAT_IS_ADDED,
  },
  'the stub forgets append_action': {
    fault: authzFault({ loses: ['append_action'] }),
    why: 'a reply knows it, a request does not',
    kills: [
      'response_headers_to_add with ADD_IF_ABSENT adds what is absent',
      'response_headers_to_add with OVERWRITE_IF_EXISTS_OR_ADD replaces or adds',
      'response_headers_to_add with OVERWRITE_IF_EXISTS replaces what is there',
    ],
  },
  'the stub adds no headers to replies': {
    fault: authzFault({ loses: ['response_headers_to_add'] }),
    why: 'the reply stays as the upstream gave it',
    kills: [
      "response_headers_to_add adds a line beside the upstream's",
      'response_headers_to_add adds a line with append: true, too',
      "response_headers_to_add replaces the upstream's with append: false",
      'response_headers_to_add with APPEND_IF_EXISTS_OR_ADD adds a line',
      'response_headers_to_add with ADD_IF_ABSENT adds what is absent',
      'response_headers_to_add with OVERWRITE_IF_EXISTS_OR_ADD replaces or adds',
      'response_headers_to_add with OVERWRITE_IF_EXISTS replaces what is there',
      "response_headers_to_add is the reply's alone: the upstream does not see it",
      '150 headers that are added to a reply, or to a denial, reach the downstream',
      'to the downstream such a header is written as it is: the stub can split a reply',
      'with validate_mutations such an answer is 500, to whichever side it was meant',
    ],
  },
  'the stub removes no headers': {
    fault: authzFault({ loses: ['headers_to_remove'] }),
    why: 'they stay',
    kills: [
      'headers_to_remove takes every line of a header away, and leaves the others',
      'a header that is both added and removed is removed',
    ],
  },
  'failure_mode_allow is true where it should be false': {
    fault: config({
      set: Object.fromEntries([0, 3].map((at) => [`${FILTER(at)}.typed_config.failure_mode_allow`, true])),
    }),
    why: 'a failure lets a request pass',
    kills: [
      'a stub that nothing is heard of is given up after the connect timeout: 403',
      'while the stub is down, a request is refused with 403',
      'status_on_error is the status of a failure, not of a denial',
      'an answer that comes later than its timeout is as good as none: 403',
      {
        title: 'with a timeout of 0s a stub that keeps deadlines fails the check up to 1.37, and answers it since',
        before: CHANGES.noDeadlineForZero,
      },
      'a gRPC error is a failure and no denial, even PERMISSION_DENIED',
      'bytes that are no CheckResponse are a failure',
      {
        title: 'error_response is the reply to a failure since 1.37.0, and before it a denial without it',
        since: CHANGES.errorResponse,
      },
      {
        title: 'an error_response without a status has that of status_on_error, where Envoy knows it',
        since: CHANGES.errorResponse,
      },
    ],
  },
  'failure_mode_allow is false where it should be true': {
    fault: config({
      set: Object.fromEntries([1, 2].map((at) => [`${FILTER(at)}.typed_config.failure_mode_allow`, false])),
    }),
    why: 'a failure refuses a request',
    kills: [
      'while the stub is down, failure_mode_allow lets a request pass, and counts it',
      'what a downstream forges goes through where a failure is let pass',
      'with failure_mode_allow_header_add the upstream is told of it',
      'a downstream can forge what that header tells',
      'an answer that never comes is let pass by failure_mode_allow',
      'a gRPC error is a failure and no denial, even PERMISSION_DENIED',
      'bytes that are no CheckResponse are a failure',
      { title: 'failure_mode_allow lets an error_response pass where Envoy knows it', since: CHANGES.errorResponse },
    ],
  },
  'failure_mode_allow_header_add is said of the wrong filter': {
    fault: config({
      delete: [`${FILTER(2)}.typed_config.failure_mode_allow_header_add`],
      add: { [`${FILTER(1)}.typed_config.failure_mode_allow_header_add`]: true },
    }),
    why: 'the upstream is told where it should not be, and not where it should',
    kills: [
      'while the stub is down, failure_mode_allow lets a request pass, and counts it',
      'with failure_mode_allow_header_add the upstream is told of it',
      'a downstream can forge what that header tells',
    ],
  },
  'status_on_error is missing': {
    fault: config({ delete: [`${FILTER(3)}.typed_config.status_on_error`] }),
    why: '403 is the default',
    kills: [
      'status_on_error is the status of a failure, not of a denial',
      {
        title: 'an error_response without a status has that of status_on_error, where Envoy knows it',
        since: CHANGES.errorResponse,
      },
    ],
  },
  'no route is impatient': {
    fault: config({
      set: {
        [SETTINGS(3)]: { 'envoy.filters.http.ext_authz': perRoute({ check_settings: {} }) },
        [SETTINGS(6)]: {
          'envoy.filters.http.ext_authz': perRoute({ disabled: true }),
          'envoy.filters.http.ext_authz.fails_open': perRoute({ check_settings: {} }),
        },
      },
    }),
    why: 'five seconds are longer than anybody waits here',
    kills: [
      'each route asks the stub with the time limit that it has, and the upstream for /',
      'an answer that comes later than its timeout is as good as none: 403',
      'an answer that never comes is let pass by failure_mode_allow',
    ],
  },
  'a check has ten seconds': {
    fault: config({ set: { [`${FILTER(0)}.typed_config.grpc_service.timeout`]: '10s' } }),
    why: 'the stub is told',
    kills: [
      'each route asks the stub with the time limit that it has, and the upstream for /',
      'an answer that takes long, but less than its timeout, is waited for',
    ],
  },
  'nothing is validated': {
    fault: config({ delete: [`${FILTER(4)}.typed_config.validate_mutations`] }),
    why: 'the header is written as it is, or found by the codec',
    kills: ['with validate_mutations such an answer is 500, to whichever side it was meant'],
  },
  'everything is validated': {
    fault: config({ add: { [`${FILTER(0)}.typed_config.validate_mutations`]: true } }),
    why: 'an invalid header is 500 before anybody writes it',
    kills: [
      'a header that HTTP does not allow ends the request on its way to the upstream: 503 DPE',
      'to the downstream such a header is written as it is: the stub can split a reply',
    ],
  },
  'use_remote_address is off': {
    fault: config({ set: { [`${AT.http}.use_remote_address`]: false } }),
    why: 'the downstream is believed, and nothing is added',
    kills: [
      'the check carries all headers, with those that Envoy has added by then',
      'a downstream on loopback is told as the address of Envoy in x-forwarded-for, and as external',
      'what a downstream says about its address is kept in x-forwarded-for, but believed nowhere',
      'with internal_address_config a downstream is internal, unless it says that it speaks for another',
    ],
  },
  'Envoy trusts a proxy before it': {
    fault: config({ add: { [`${AT.http}.xff_num_trusted_hops`]: 1 } }),
    why: 'the address is the one that this proxy tells',
    kills: [
      'what a downstream says about its address is kept in x-forwarded-for, but believed nowhere',
      'with internal_address_config a downstream is internal, unless it says that it speaks for another',
      'without use_remote_address the downstream is believed, but the check still carries its real address',
    ],
  },
  'the check has the headers in header_map': {
    fault: config({ add: { [`${FILTER(0)}.typed_config.encode_raw_headers`]: true } }),
    why: 'the map that claims read is empty then',
    kills: [
      'the check carries all headers, with those that Envoy has added by then',
      'a header that stands twice is one value in the check, joined by a comma',
    ],
  },
  'the virtual host has context extensions': {
    fault: config({
      add: {
        [`${VIRTUAL_HOST}.typed_per_filter_config`]: {
          'envoy.filters.http.ext_authz': perRoute({ check_settings: { context_extensions: { zone: 'all' } } }),
        },
      },
    }),
    why: 'each of its routes inherits them',
    kills: ['the check carries the context extensions of its route, and of no other'],
  },
  'the route with the body says nothing of it': {
    fault: config({ delete: [SETTINGS(2)] }),
    why: 'nothing is buffered',
    kills: [
      'the body is in the check where the route says so, and nowhere else',
      'a body that is too large for the check is 413, and nobody is asked',
    ],
  },
  'every route has the body in its check': {
    fault: config({ add: { [`${FILTER(0)}.typed_config.with_request_body`]: { max_request_bytes: 8192 } } }),
    why: 'the filter says so',
    kills: ['the body is in the check where the route says so, and nowhere else'],
  },
  'no route rewrites a path': {
    fault: config({ delete: [1, 2].map((at) => `${ROUTE(at)}.route.prefix_rewrite`) }),
    why: 'the upstream gets what was asked for',
    kills: [
      'each route asks the stub with the time limit that it has, and the upstream for /',
      'the path in the check is the one that was asked for, not the one that the route makes of it',
    ],
  },
  'the route that is not to be checked is': {
    fault: config({ delete: [SETTINGS(0)] }),
    why: 'it is a route as any other',
    kills: [
      'each route asks the stub with the time limit that it has, and the upstream for /',
      'a route without ext_authz asks nobody, and what is forged there goes through',
    ],
  },
  'a request may have more headers and larger ones': {
    fault: config({
      add: {
        [`${AT.http}.common_http_protocol_options`]: { max_headers_count: 200 },
        [`${AT.http}.max_request_headers_kb`]: 96,
      },
    }),
    why: 'what the stub adds is not too much',
    kills: [
      '80 added headers reach the upstream, 150 are more than a request may have: 500',
      'failure_mode_allow does not let a request pass that an answer has made too large',
      'a header of 70,000 bytes is more than a request may have: 500',
    ],
  },
  'the route names another host': {
    fault: config({ add: { [`${ROUTE(10)}.route.host_rewrite_literal`]: 'another.host' } }),
    why: 'the route decides last',
    kills: [
      'headers_to_remove cannot take away host, method or path',
      'the stub can send a request to another host and path than the downstream asked for',
    ],
  },
  'the host rewrites the source of who calls Envoy': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another address and port than the downstream has',
    kills: [
      'the check carries both ends of the connection of the downstream',
      'the check carries all headers, with those that Envoy has added by then',
      'a downstream on loopback is told as the address of Envoy in x-forwarded-for, and as external',
      'what a downstream says about its address is kept in x-forwarded-for, but believed nowhere',
      'with internal_address_config a downstream is internal, unless it says that it speaks for another',
      'without use_remote_address the downstream is believed, but the check still carries its real address',
    ],
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what stands twice stands once',
    kills: [
      'a header that stands twice is one value in the check, joined by a comma',
      'append true: a header that stands twice becomes c1,stub | c2',
      'a downstream can forge what that header tells',
    ],
  },
  'Envoy takes what it is asked over HTTP as https': {
    fault: config({ add: { [`${AT.http}.scheme_header_transformation`]: { scheme_to_overwrite: 'https' } } }),
    why: 'the scheme is in the check',
    kills: [
      'the check carries method, path with its query, host, scheme and protocol',
      'the check carries all headers, with those that Envoy has added by then',
    ],
  },
  'Envoy keeps the server header that it finds': {
    fault: config({ add: { [`${AT.http}.server_header_transformation`]: 'PASS_THROUGH' } }),
    why: 'a denial may bring one',
    kills: ['of what Envoy writes itself, a denial changes the content-type alone'],
  },
  'Envoy is known to read error_response since another version': {
    misdated: CHANGES.errorResponse,
    why: 'before, it is a denial',
    kills: [
      'error_response is the reply to a failure since 1.37.0, and before it a denial without it',
      'failure_mode_allow lets an error_response pass where Envoy knows it',
      'an error_response without a status has that of status_on_error, where Envoy knows it',
    ],
  },
  'Envoy is known to tell no limit since another version': {
    misdated: CHANGES.noDeadlineForZero,
    why: 'before, it tells that no time is left',
    kills: [
      'with a timeout of 0s Envoy waits, and tells the stub that no time is left up to 1.37, no limit since',
      'with a timeout of 0s a stub that keeps deadlines fails the check up to 1.37, and answers it since',
    ],
  },
  'Envoy is known to count header limits since another version': {
    misdated: CHANGES.countedHeaderLimits,
    why: 'before, nothing counts',
    kills: ['80 added headers reach the upstream, 150 are more than a request may have: 500'],
  },
};
