import { ENVOY_UID } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { AT, addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';

const ROUTES = `${AT.http}.route_config.virtual_hosts.0.routes`;

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'no route allows an upgrade': {
    fault: config({ delete: [`${ROUTES}.1.route.upgrade_configs`] }),
    why: 'Envoy refuses each of them',
    kills: [
      'an upgrade that the route allows is granted by the upstream: 101, one connection from end to end',
      'messages pass both ways, and either side may speak first',
      'a binary message of 1 MiB comes back byte for byte',
      'the close of either side reaches the other, with its code and reason',
      'the upstream gets the handshake as it was, and what Envoy adds to any request',
      'what the upstream declines with a 200 is that 200 to the downstream, without its body',
      'what it declines with another status arrives as a whole',
      'while the upstream is down an upgrade is answered as any request is: 503 UF',
    ],
  },
  'every route allows a WebSocket': {
    fault: config({ add: { [`${AT.http}.upgrade_configs`]: [{ upgrade_type: 'websocket' }] } }),
    why: 'what the connection manager allows, a route that says nothing allows too',
    kills: ['where no route allows it Envoy refuses: 403, and the upstream hears nothing'],
  },
  'the route allows another upgrade, too': {
    fault: config({ add: { [`${ROUTES}.1.route.upgrade_configs.1`]: { upgrade_type: 'something' } } }),
    why: 'it is the upstream that has to decline it',
    kills: ['an upgrade to something else is refused on the same route: 403'],
  },
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself in a header, in its first message and when it closes',
    kills: [
      'the upstream would have granted that one',
      'a request for no upgrade passes on either route',
      'an upgrade that the route allows is granted by the upstream: 101, one connection from end to end',
      'messages pass both ways, and either side may speak first',
      'a binary message of 1 MiB comes back byte for byte',
      'the close of either side reaches the other, with its code and reason',
      'what the upstream declines with a 200 is that 200 to the downstream, without its body',
    ],
  },
  'the upstream answers everything with 200': {
    fault: upstream('upstream', { status: 200 }),
    why: 'only / is 200',
    kills: [
      'a request for no upgrade passes on either route',
      'what it declines with another status arrives as a whole',
    ],
  },
  'the upstream answers everything with 404': {
    fault: upstream('upstream', { status: 404 }),
    why: '/ is 200, and what declines with that is another matter than what declines with 404',
    kills: [
      'a request for no upgrade passes on either route',
      'what the upstream declines with a 200 is that 200 to the downstream, without its body',
    ],
  },
  'the way past Envoy leads through it': {
    fault: addedRule(
      'nat',
      `-A OUTPUT -p tcp --dport 5000 -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports 4999`,
    ),
    why: 'what the upstream alone would have done is not seen',
    kills: [
      'the upstream would have granted that one',
      'what the upstream declines with a 200 is that 200 to the downstream, without its body',
    ],
  },
  'Envoy gives requests no id': {
    fault: config({ add: { [`${AT.http}.generate_request_id`]: false } }),
    why: 'it adds one by default only',
    kills: ['the upstream gets the handshake as it was, and what Envoy adds to any request'],
  },
  'the route takes the origin of a request away': {
    fault: config({ add: { [`${ROUTES}.1.request_headers_to_remove`]: ['origin'] } }),
    why: 'the handshake is not what it was',
    kills: ['the upstream gets the handshake as it was, and what Envoy adds to any request'],
  },
  'the host rewrites the source of what Envoy sends': {
    fault: addedRule('nat', '-A POSTROUTING -p tcp --dport 5000 -j MASQUERADE --to-ports 20000-29999'),
    why: 'the upstream sees a port that is not Envoy’s',
    kills: ['an upgrade that the route allows is granted by the upstream: 101, one connection from end to end'],
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until its connect timeout, and says so',
    kills: ['while the upstream is down an upgrade is answered as any request is: 503 UF'],
  },
  'Envoy is known to write another body': {
    misdated: CHANGES.hiddenFailureReason,
    why: 'its versions differ in whether the body tells the reason',
    kills: ['while the upstream is down an upgrade is answered as any request is: 503 UF'],
  },
};
