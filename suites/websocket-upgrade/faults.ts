import { PORTS } from '../../helpers/constants/ports.ts';
import { connectionManager, route } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { anotherBody, captures, strangerAnswers, translatedSource } from '../shared/faults.ts';

export const faults: Faults = {
  'no route allows an upgrade': {
    fault: config({ at: route('/'), delete: ['route.upgrade_configs'] }),
    why: 'Envoy refuses each of them',
  },
  'every route allows a WebSocket': {
    fault: config({ at: connectionManager(), add: { upgrade_configs: [{ upgrade_type: 'websocket' }] } }),
    why: 'what the connection manager allows, a route that says nothing allows too',
  },
  'the route allows another upgrade, too': {
    fault: config({ at: route('/'), append: { 'route.upgrade_configs': { upgrade_type: 'something' } } }),
    why: 'it is the upstream that has to decline it',
  },
  'another upstream answers': strangerAnswers('it names itself in a header, in its first message and when it closes'),
  'the upstream answers everything with 200': {
    fault: upstream('upstream', { status: 200 }),
    why: 'only / is 200',
  },
  'the upstream answers everything with 404': {
    fault: upstream('upstream', { status: 404 }),
    why: '/ is 200, and what declines with that is another matter than what declines with 404',
  },
  'the way past Envoy leads through it': {
    fault: captures(PORTS.upstream),
    why: 'what the upstream alone would have done is not seen',
  },
  'Envoy gives requests no id': {
    fault: config({ at: connectionManager(), add: { generate_request_id: false } }),
    why: 'it adds one by default only',
  },
  'the route takes the origin of a request away': {
    fault: config({ at: route('/'), add: { request_headers_to_remove: ['origin'] } }),
    why: 'the handshake is not what it was',
  },
  'the host rewrites the source of what Envoy sends': translatedSource,
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits until its connect timeout, and says so',
  },
  'Envoy is known to write another body': anotherBody,
};
