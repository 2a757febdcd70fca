import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

const FILTER = 'listener_filters[envoy.filters.listener.proxy_protocol].typed_config';
const VERSION = 'transport_socket.typed_config.config.version';
const PASSED = 'transport_socket.typed_config.config.pass_through_tlvs';

export const faults: Faults = {
  'proxy_protocol removed from the listener': {
    fault: config({ at: listener('required'), delete: ['listener_filters'] }),
    why: 'a header is a malformed request',
  },
  'allow_requests_without_proxy_protocol set on the first listener': {
    fault: config({ at: listener('required'), add: { [`${FILTER}.allow_requests_without_proxy_protocol`]: true } }),
    why: 'what is no header is taken for a request',
  },
  'allow_requests_without_proxy_protocol is false': {
    fault: config({ at: listener('optional'), set: { [`${FILTER}.allow_requests_without_proxy_protocol`]: false } }),
    why: 'requests without a header are refused',
  },
  'proxy_protocol removed from the listener that allows its absence': {
    fault: config({ at: listener('optional'), delete: ['listener_filters'] }),
    why: 'no connection waits, and a header is a malformed request',
  },
  'disallowed_versions removed': {
    fault: config({ at: listener('version-1'), delete: [`${FILTER}.disallowed_versions`] }),
    why: 'version 2 is accepted',
  },
  'proxy_protocol added to the listener without': {
    fault: config({
      at: listener('none'),
      add: {
        listener_filters: [
          {
            name: 'envoy.filters.listener.proxy_protocol',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol',
            },
          },
        ],
      },
    }),
    why: 'a header is accepted, and its absence refused',
  },
  'rules removed': {
    fault: config({ at: listener('required'), delete: [`${FILTER}.rules`] }),
    why: 'no field is metadata',
  },
  'use_remote_address is false': {
    fault: config({ at: connectionManager('required'), set: { use_remote_address: false } }),
    why: 'Envoy adds no x-forwarded-for',
  },
  'rule of another type': {
    fault: config({ at: listener('required'), set: { [`${FILTER}.rules.tlv_type`]: 0xe1 } }),
    why: 'another field is metadata',
  },
  'versions of the clusters swapped': {
    fault: [
      config({ at: cluster('version-1'), set: { [VERSION]: 'V2' } }),
      config({ at: cluster('version-2'), set: { [VERSION]: 'V1' } }),
    ],
    why: 'the upstream receives a header of the other version',
  },
  'pass_through_tlvs removed from two clusters and added to one': {
    fault: [
      config({ at: cluster('all'), delete: [PASSED] }),
      config({ at: cluster('some'), delete: [PASSED] }),
      config({ at: cluster('version-2'), add: { [PASSED]: { match_type: 'INCLUDE_ALL' } } }),
    ],
    why: 'the upstream receives other fields',
  },
  'added_tlvs removed': {
    fault: config({ at: cluster('added'), delete: ['transport_socket.typed_config.config.added_tlvs'] }),
    why: 'the upstream receives the fields of the client alone',
  },
  'duplicate fields dated to a later version': {
    misdated: CHANGES.proxyProtocolDuplicateTlvs,
    why: 'claims expect the first field of each type',
  },
  'long fields dated to a later version': {
    misdated: CHANGES.proxyProtocolLongTlvs,
    why: 'the claim expects that the upstream receives no request',
  },
};

export const accepted: Record<string, string> = {
  'cluster version-1: transport_socket.typed_config.config.version is not there':
    'V1 is the default; the config names it for readers',
};
