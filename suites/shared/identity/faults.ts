import type { ConfigChange } from '../../../helpers/envoy/config-change.ts';
import { connectionManager, filter } from '../../../helpers/envoy/select.ts';
import { config, type DeclaredFault, identity } from '../../../helpers/scenario/faults.ts';

/** Requests pass when their check fails. */
export const FAILURE_MODE_ALLOW: ConfigChange = {
  at: filter('envoy.filters.http.ext_authz'),
  set: { 'typed_config.failure_mode_allow': true },
};

/** Envoy keeps forged identity headers. */
export const NO_EARLY_REMOVAL: ConfigChange = {
  at: connectionManager(),
  delete: ['early_header_mutation_extensions'],
};

export const NO_REMOTE_ADDRESS: ConfigChange = { at: connectionManager(), delete: ['use_remote_address'] };

export const failsOpen: DeclaredFault = {
  fault: config(FAILURE_MODE_ALLOW),
  why: 'a request passes when its check fails',
};

export const keepsForgedHeaders: DeclaredFault = {
  fault: config(NO_EARLY_REMOVAL),
  why: 'a forged header reaches the upstream where the stub does not overwrite it',
};

export const trustsForgedHeaders: DeclaredFault = {
  fault: [config(NO_EARLY_REMOVAL), identity({ trustsDownstream: true })],
  why: 'forged headers reach the stub, which returns them as the identity',
};

export const usesNoRemoteAddress: DeclaredFault = {
  fault: config(NO_REMOTE_ADDRESS),
  why: 'Envoy adds no x-forwarded-for',
};
