import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, route } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { captures, misdatedBody, renamed, translatedSource } from '../shared/faults.ts';

export const faults: Faults = {
  'upgrade_configs removed from the route': {
    fault: config({ at: route('/'), delete: ['route.upgrade_configs'] }),
    why: 'Envoy rejects every upgrade with 403',
  },
  'upgrade_configs set on the connection manager': {
    fault: config({ at: connectionManager(), add: { upgrade_configs: [{ upgrade_type: 'websocket' }] } }),
    why: 'routes without upgrade_configs of their own inherit it',
  },
  'two more upgrade_types on the route': {
    fault: ['something', 'TLS/1.2'].map((upgrade_type) =>
      config({ at: route('/'), append: { 'route.upgrade_configs': { upgrade_type } } }),
    ),
    why: 'Envoy forwards these upgrades, and the upstream has to decline them',
  },
  'another upstream responds': renamed('its name is in a header, in its first message and in the reason of its close'),
  'upstream returns 200 for every path': {
    fault: upstream('upstream', { status: 200 }),
    why: 'a declined upgrade gets 200 instead of 404',
  },
  'upstream returns 404 for every path': {
    fault: upstream('upstream', { status: 404 }),
    why: 'a declined upgrade gets 404 instead of 200, and keeps its body',
  },
  'direct connections to the upstream redirected to Envoy': {
    fault: captures(PORTS.upstream),
    why: "a direct request no longer shows the upstream's own response",
  },
  'generate_request_id is false': {
    fault: config({ at: connectionManager(), add: { generate_request_id: false } }),
    why: 'Envoy adds no x-request-id',
  },
  'route removes the origin header': {
    fault: config({ at: route('/'), add: { request_headers_to_remove: ['origin'] } }),
    why: 'the upstream receives an incomplete handshake',
  },
  "source address of Envoy's upstream connections rewritten": translatedSource,
  'firewall drops RST packets of the upstream': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits for connect_timeout and reports a timeout',
  },
  'wrong version recorded for the 503 body without failure reason': misdatedBody,
  'upgrade_configs removed from the route /raw/': {
    fault: config({ at: route('/raw/'), delete: ['route.upgrade_configs'] }),
    why: 'Envoy rejects the upgrades to foo with 403',
  },
  'wrong version recorded for bytes behind an upgrade': {
    misdated: CHANGES.genericUpgradePayload,
    why: 'claims expect the bytes before or after the response',
  },
  'wrong version recorded for the guard that strips Upgrade': {
    misdated: CHANGES.stripsFailedUpgrade,
    why: 'the claim expects the other header',
  },
  'response header Upgrade removed on the route /': {
    fault: config({ at: route('/'), add: { response_headers_to_remove: ['upgrade'] } }),
    why: 'a declined upgrade loses the header',
  },
};
