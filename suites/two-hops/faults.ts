import { endpoint, listener, route } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

export const faults: Faults = {
  'front proxy forwards to the application, not to its sidecar': {
    fault: config({ at: endpoint('catalogue-service:15006'), set: { 'address.socket_address.port_value': 5000 } }),
    why: 'the sidecar sees no request',
  },
  '/status is forwarded': {
    fault: config({ at: route('/status'), set: { 'match.path': '/elsewhere' } }),
    why: 'the application answers it',
  },
  'listener renamed': {
    fault: config({ at: listener('ingress'), set: { name: 'front' } }),
    why: 'the admin pages show another listener',
  },
};
