import { PORTS } from '../../../helpers/constants/ports.ts';
import type { ConfigChange } from '../../../helpers/envoy/config-change.ts';
import { cluster, connectionManager, listener } from '../../../helpers/envoy/select.ts';
import { config, type DeclaredFault, upstream } from '../../../helpers/scenario/faults.ts';

/** Envoy connects to blue over IPv4, whatever address was dialled. */
export function staticCluster(port: number = PORTS.http): ConfigChange {
  const endpoint = { address: { socket_address: { address: '198.51.100.10', port_value: port } } };
  return {
    at: cluster('original_destination'),
    set: { type: 'STATIC', lb_policy: 'ROUND_ROBIN' },
    add: {
      load_assignment: { cluster_name: 'original_destination', endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    },
    delete: ['cleanup_interval'],
  };
}

/** The listener on :: accepts no IPv4. */
export const NO_IPV4_COMPAT: ConfigChange = {
  at: listener('ingress'),
  set: { 'address.socket_address.ipv4_compat': false },
};

export const noOriginalDst: DeclaredFault = {
  fault: config({ at: listener('ingress'), delete: ['listener_filters'] }),
  why: 'Envoy does not read the dialled address from the kernel',
};

export const closesEachConnection: DeclaredFault = {
  fault: config({
    at: connectionManager(),
    add: { common_http_protocol_options: { max_requests_per_connection: 1 } },
  }),
  why: 'each request needs a new connection, which the REDIRECT rule counts',
};

export const blueIsGreen: DeclaredFault = {
  fault: upstream('blue', { name: 'green' }),
  why: 'responses of blue name green as the upstream',
};
