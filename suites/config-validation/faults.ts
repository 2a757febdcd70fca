import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, networkFilter } from '../../helpers/envoy/select.ts';
import { config, type DeclaredFault, type Fault, type Faults } from '../../helpers/scenario/faults.ts';

const argument =
  (...args: string[]): Fault =>
  (scenario) =>
    scenario.envoy ? { ...scenario, envoy: { ...scenario.envoy, args } } : scenario;

const misdated = (change: (typeof CHANGES)[keyof typeof CHANGES]): DeclaredFault => ({
  misdated: change,
  why: 'the claim expects the verdict of another version',
});

export const faults: Faults = {
  'Envoy writes no log': {
    fault: argument('--log-level', 'off'),
    why: 'it refuses a config without a reason',
  },
  'unknown fields allowed': {
    fault: argument('--allow-unknown-static-fields'),
    why: 'Envoy ignores fields that it does not know',
  },
  'validate_clusters is false': {
    fault: config({ at: connectionManager('ingress'), add: { 'route_config.validate_clusters': false } }),
    why: 'a route may name an unknown cluster',
  },
  'the TCP proxy names a cluster that does not exist': {
    fault: config({ at: networkFilter('envoy.filters.network.tcp_proxy'), set: { 'typed_config.cluster': 'other' } }),
    why: 'Envoy accepts the config, and closes each connection',
  },
  'close types dated to another version': misdated(CHANGES.detectedCloseType),
  '%COALESCE% dated to another version': misdated(CHANGES.coalesceOperator),
  'option for early bytes dated to another version': misdated(CHANGES.connectEarlyDataOption),
  'upstream_connect_mode dated to another version': misdated(CHANGES.upstreamConnectMode),
  'max_early_data_bytes required, dated to another version': misdated(CHANGES.earlyDataBytesRequired),
  'refusal of unbound UDP listeners dated to another version': misdated(CHANGES.unboundUdpRefused),
};
