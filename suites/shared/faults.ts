import type { Family } from '../../helpers/constants/addresses.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, endpoint } from '../../helpers/envoy/select.ts';
import { addedRule, config, type DeclaredFault, type Fault } from '../../helpers/scenario/faults.ts';

/** Translates the source of what Envoy's host sends to a port. */
export function masquerades(port: number = PORTS.http, family: Family = 'ipv4'): Fault {
  const rule = `-A POSTROUTING -p tcp --dport ${port} -j MASQUERADE --to-ports 20000-29999`;
  return addedRule('nat', rule, { family });
}

export const anotherBody: DeclaredFault = {
  misdated: CHANGES.hiddenFailureReason,
  why: 'its versions differ in whether the body tells the reason',
};

export const addressInConfig: DeclaredFault = {
  fault: [
    config({ at: cluster('upstream'), delete: ['cluster_type'], add: { type: 'STATIC' } }),
    config({ at: endpoint('upstream:5000'), set: { 'address.socket_address.address': '198.51.100.10' } }),
  ],
  why: 'nobody asks DNS',
};
