import type { ConfigChange } from '../../../helpers/envoy/config-change.ts';
import { connectionManager, filter } from '../../../helpers/envoy/select.ts';
import { config, type DeclaredFault, identity } from '../../../helpers/scenario/faults.ts';

/** A request passes when its check fails. */
export const FAILURE_MODE_ALLOW: ConfigChange = {
  at: filter('envoy.filters.http.ext_authz'),
  set: { 'typed_config.failure_mode_allow': true },
};

/** Forged identity headers pass Envoy. */
export const NO_EARLY_REMOVAL: ConfigChange = {
  at: connectionManager(),
  delete: ['early_header_mutation_extensions'],
};

export const NO_REMOTE_ADDRESS: ConfigChange = { at: connectionManager(), delete: ['use_remote_address'] };

export const failsOpen: DeclaredFault = {
  fault: config(FAILURE_MODE_ALLOW),
  why: 'a failure of the check lets the request pass',
};

export const keepsForgedHeaders: DeclaredFault = {
  fault: config(NO_EARLY_REMOVAL),
  why: 'it reaches the upstream where the stub puts nothing in its place',
};

export const believesDownstream: DeclaredFault = {
  fault: [config(NO_EARLY_REMOVAL), identity({ believesDownstream: true })],
  why: 'what it says of itself gets past Envoy and is taken for the truth',
};

export const usesNoRemoteAddress: DeclaredFault = {
  fault: config(NO_REMOTE_ADDRESS),
  why: 'it writes no x-forwarded-for',
};
