import { connectionManager, listener } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import type { LISTENERS } from './scenario.ts';

type Listener = keyof typeof LISTENERS;

const at = (name: Listener) => connectionManager(name);

export const faults: Faults = {
  'use_remote_address set where it is not': {
    fault: (['default', 'hop'] as const).map((name) => config({ at: at(name), add: { use_remote_address: true } })),
    why: "the connection's address counts, and is appended",
  },
  'use_remote_address removed': {
    fault: (['edge', 'edge-hop', 'unappended', 'internal-range', 'identified'] as const).map((name) =>
      config({ at: at(name), delete: ['use_remote_address'] }),
    ),
    why: 'X-Forwarded-For of the client counts, and nothing is appended',
  },
  'another number of trusted hops': {
    fault: (['hop', 'edge-hop'] as const).map((name) => config({ at: at(name), set: { xff_num_trusted_hops: 2 } })),
    why: 'the address of another hop counts',
  },
  'trusted hops in front of a listener that has none': {
    fault: (['default', 'edge'] as const).map((name) => config({ at: at(name), add: { xff_num_trusted_hops: 1 } })),
    why: 'the last address does not count, or one of X-Forwarded-For does',
  },
  'internal range changed': {
    fault: config({ at: at('internal-range'), delete: ['internal_address_config'] }),
    why: 'no client is internal',
  },
  'no original_ip_detection_extensions': {
    fault: (['header', 'ranges'] as const).map((name) =>
      config({ at: at(name), delete: ['original_ip_detection_extensions'] }),
    ),
    why: 'no request is rejected, and nothing is appended to X-Forwarded-For',
  },
  'trusted ranges removed': {
    fault: config({
      at: at('ranges'),
      delete: ['original_ip_detection_extensions[envoy.http.original_ip_detection.xff].typed_config.xff_trusted_cidrs'],
    }),
    why: 'the last address of X-Forwarded-For is the client',
  },
  'request ids of external clients replaced, no via and no port': {
    fault: config({
      at: at('identified'),
      delete: ['preserve_external_request_id', 'via', 'append_x_forwarded_port'],
    }),
    why: 'the headers are absent, and the id is another',
  },
  'listener bound to another address': {
    fault: config({ at: listener('edge'), set: { 'address.socket_address.address': '127.0.0.1' } }),
    why: 'clients on other addresses are refused',
  },
};
