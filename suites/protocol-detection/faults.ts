import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { listener } from '../../helpers/envoy/select.ts';
import { config, type Faults, withoutRule } from '../../helpers/scenario/faults.ts';
import { RULE } from './scenario.ts';

const INSPECTORS = 'listener_filters';
/** The listeners share one list of listener filters. */
const patient = listener('patient');

export const faults: Faults = {
  'REDIRECT rule of port 80 removed': {
    fault: withoutRule(RULE.patient),
    why: 'connections to port 80 bypass Envoy',
  },
  'tls_inspector removed': {
    fault: config({ at: patient, delete: [`${INSPECTORS}[envoy.filters.listener.tls_inspector]`] }),
    why: 'no connection is TLS',
  },
  'http_inspector removed': {
    fault: config({ at: patient, delete: [`${INSPECTORS}[envoy.filters.listener.http_inspector]`] }),
    why: 'no connection is HTTP, and none waits to become it',
  },
  'original_dst removed': {
    fault: config({ at: patient, delete: [`${INSPECTORS}[envoy.filters.listener.original_dst]`] }),
    why: 'Envoy knows no address to connect to',
  },
  'enable_ja3_fingerprinting is false': {
    fault: config({
      at: patient,
      set: { [`${INSPECTORS}[envoy.filters.listener.tls_inspector].typed_config.enable_ja3_fingerprinting`]: false },
    }),
    why: 'the access log has no fingerprint',
  },
  'the brief listener closes connections after the timeout': {
    fault: config({ at: listener('brief'), set: { continue_on_listener_filters_timeout: false } }),
    why: 'a connection whose protocol is unknown after the timeout does not go on',
  },
  'the strict listener goes on after the timeout': {
    fault: config({ at: listener('strict'), set: { continue_on_listener_filters_timeout: true } }),
    why: 'a connection whose protocol is unknown after the timeout goes to the default chain',
  },
  'the chains for http/1.1 removed': {
    fault: config({ at: patient, delete: ['filter_chains[http/1.1]'] }),
    why: 'HTTP/1.1 goes to the default chain',
  },
  'Balsa in http_inspector dated to a later version': {
    misdated: CHANGES.httpInspectorBalsa,
    why: 'claims expect the outcome of the older parser',
  },
  'failure reasons of tls_inspector dated to a later version': {
    misdated: CHANGES.inspectorFailureReason,
    why: 'claims expect an empty reason',
  },
  'rejection of SSL 3.0 dated to a later version': {
    misdated: CHANGES.inspectorRejectsSsl3,
    why: 'the claim expects that the connection passes',
  },
};

export const accepted: Record<string, string> = {
  'listener patient: listener_filters_timeout is not there':
    'no claim waits for the timeout of this listener, nor for the default of 15 s',
  'listener filter envoy.filters.listener.tls_inspector: typed_config.initial_read_buffer_size is 513':
    'the claim about a long hello sends more than both sizes',
};
