import { AUTHZ_GID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import {
  addedRule,
  changedRule,
  type Faults,
  identity,
  metadata,
  swappedRules,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { renamed } from '../shared/faults.ts';
import { failsOpen, keepsForgedHeaders, usesNoRemoteAddress } from '../shared/identity/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = {
  'exemption rule placed after the REDIRECT rule': {
    fault: swappedRules(RULE.exempt, RULE.capture),
    why: "the authorization service's own request is captured before the exemption applies",
  },
  'exemption rule matches uid 0 instead of the group': {
    fault: changedRule(RULE.exempt, `--gid-owner ${AUTHZ_GID}`, '--uid-owner 0'),
    why: 'the authorization service runs as root, and so do other programs',
  },
  'REDIRECT rule removed': {
    fault: withoutRule(RULE.capture),
    // Without a NAT rule the kernel tracks no connection and skips the nat table.
    why: 'connections to port 80 go to the upstream, which refuses them; every process reaches the metadata service; no other nat rule counts packets',
  },
  "REDIRECT rule also matches Envoy's uid": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'only the authorization service reaches the metadata service',
  },
  'instance metadata service supports IMDSv1 only': {
    fault: metadata({ versions: ['v1'] }),
    why: 'it issues no token',
  },
  'instance metadata service supports IMDSv2 only': {
    fault: metadata({ versions: ['v2'] }),
    why: 'it rejects every request without a token',
  },
  'instance metadata service accepts any token': {
    fault: metadata({ fault: { acceptsAnyToken: true } }),
    why: 'expired and unknown tokens are accepted too',
  },
  'instance metadata service issues a token for every PUT': {
    fault: metadata({ fault: { issuesTokenToAnyRequest: true } }),
    why: 'it checks neither the lifetime of the token nor x-forwarded-for',
  },
  'authorization service keeps no token': {
    fault: identity({ requestsTokenEachTime: true }),
    why: 'it requests a token before each use',
  },
  'authorization service uses IMDSv1 although not allowed': {
    fault: identity({ fallsBackToVersion1: true }),
    why: 'it continues without a token',
  },
  'failure_mode_allow enabled': failsOpen,
  'early_header_mutation_extensions removed': keepsForgedHeaders,
  'use_remote_address removed': usesNoRemoteAddress,
  "REDIRECT rule from port 80 added on the upstream's host": {
    fault: addedRule('nat', `-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: 'connections that bypass Envoy are not refused',
  },
  'upstream responds under another name': renamed('the response contains its name'),
};
