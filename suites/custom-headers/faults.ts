import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { AT, addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

/** Where things stand in the config. */
const ROUTE_CONFIG = `${AT.http}.route_config`;

const ALL = `${ROUTE_CONFIG}.virtual_hosts.1`;

const ADDED = {
  everywhere: `${ROUTE_CONFIG}.request_headers_to_add`,
  operators: `${ALL}.routes.1.request_headers_to_add`,
  byRoute: `${ALL}.routes.2.request_headers_to_add`,
};

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'the route configuration overwrites instead of appending': {
    fault: config({ set: { [`${ADDED.everywhere}.1.append_action`]: 'OVERWRITE_IF_EXISTS_OR_ADD' } }),
    why: 'one line is left',
  },
  'the route overwrites instead of appending': {
    fault: config({ set: { [`${ADDED.byRoute}.1.append_action`]: 'OVERWRITE_IF_EXISTS_OR_ADD' } }),
    why: 'what was there before it is gone',
  },
  'the route configuration appends instead of overwriting': {
    fault: config({ set: { [`${ADDED.everywhere}.2.append_action`]: 'APPEND_IF_EXISTS_OR_ADD' } }),
    why: 'there is a second line',
  },
  'the route configuration overwrites what it should add if absent': {
    fault: config({ set: { [`${ADDED.everywhere}.3.append_action`]: 'OVERWRITE_IF_EXISTS_OR_ADD' } }),
    why: 'the least specific level wins',
  },
  'the route adds what it should overwrite if it is there': {
    fault: config({ set: { [`${ADDED.byRoute}.4.append_action`]: 'OVERWRITE_IF_EXISTS_OR_ADD' } }),
    why: 'the others find it then',
  },
  'the most specific level comes last': {
    fault: config({ add: { [`${ROUTE_CONFIG}.most_specific_header_mutations_wins`]: true } }),
    why: 'who comes last wins',
  },
  'the virtual host of the other host adds a header': {
    fault: config({
      add: {
        [`${ROUTE_CONFIG}.virtual_hosts.0.request_headers_to_add`]: [
          { header: { key: 'x-appended', value: 'another' } },
        ],
      },
    }),
    why: 'it is a level of its own',
  },
  'the route of the health page adds a header': {
    fault: config({
      add: { [`${ALL}.routes.0.request_headers_to_add`]: [{ header: { key: 'x-appended', value: 'health' } }] },
    }),
    why: 'it is a level of its own',
  },
  'the virtual host adds to the reply, too': {
    fault: config({
      add: { [`${ALL}.response_headers_to_add`]: [{ header: { key: 'x-appended', value: 'virtual host' } }] },
    }),
    why: 'the downstream sees it',
  },
  'the upstream loses all but the first line of a header': {
    fault: upstream('upstream', { losesLines: true }),
    why: 'what each level appends is a line',
  },
  'the host rewrites the source of who calls Envoy': {
    fault: addedRule('nat', '-A POSTROUTING -o lo -p tcp --dport 4999 -j MASQUERADE --to-ports 20000-29999'),
    why: 'Envoy sees another port than the downstream has',
  },
  'the time has no format': {
    fault: config({ set: { [`${ADDED.operators}.0.header.value`]: '%START_TIME%' } }),
    why: 'the default is another one',
  },
  'an operator reads another header': {
    fault: config({ set: { [`${ADDED.operators}.3.header.value`]: '%REQ(x-other)%' } }),
    why: 'the downstream did not send that',
  },
  'nothing empty is kept': {
    fault: config({ delete: [6, 9].map((at) => `${ADDED.operators}.${at}.keep_empty_value`) }),
    why: 'an empty operator leaves the header out, or as it was',
  },
  'all that is empty is kept': {
    fault: config({
      add: Object.fromEntries([5, 8].map((at) => [`${ADDED.operators}.${at}.keep_empty_value`, true])),
    }),
    why: 'an empty operator is a header without a value',
  },
  'no text is around the operator': {
    fault: config({ set: { [`${ADDED.operators}.7.header.value`]: '%UPSTREAM_REMOTE_ADDRESS%' } }),
    why: 'an empty operator leaves the header out',
  },
  'the router tells no timeout': {
    fault: config({ add: { [`${AT.http}.http_filters.0.typed_config.suppress_envoy_headers`]: true } }),
    why: 'the router adds no header of its own any more',
  },
  'Envoy is known to add after the router since another version': {
    misdated: CHANGES.addsAfterTheRouter,
    why: 'before, a route finds nothing that the router sets',
  },
};

/** Mutations that no claim can detect, each with the reason. */
// What is left out because its operator is empty is left out under any name and by any action.
export const accepted: Record<string, string> = {
  [`${ADDED.operators}.5.header.key is "x-request-upstream-remotex"`]: 'its operator is empty, so that it is left out',
  [`${ADDED.operators}.8.header.key is "x-emptiedx"`]: 'its operator is empty, so that it is left out',
  [`${ADDED.operators}.8.append_action is not there`]: 'its operator is empty, so that it is left out',
};
