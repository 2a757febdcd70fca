import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, listener } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults } from '../../helpers/scenario/faults.ts';

export const faults: Faults = {
  'listener drains only when it is changed or removed': {
    fault: config({ at: listener('ingress'), add: { drain_type: 'MODIFY_ONLY' } }),
    why: 'a failed health check has no effect on its connections',
  },
  'RST packets from the listener port dropped': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags RST RST -j DROP'),
    why: 'a refused connection times out instead',
  },
  'Envoy closes each connection after one request': {
    fault: config({
      at: connectionManager('ingress'),
      add: { common_http_protocol_options: { max_requests_per_connection: 1 } },
    }),
    why: 'each response has connection: close',
  },
  'wrong version recorded for the end of a connection by a Lua filter': {
    misdated: CHANGES.drainUponCompletion,
    why: 'the claim expects GOAWAY, or none',
  },
  'wrong version recorded for the notice of a drained listener': {
    misdated: CHANGES.drainNotice,
    why: 'the claim expects the other header',
  },
};
