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
import { strangerAnswers } from '../shared/faults.ts';
import { failsOpen, keepsForgedHeaders, usesNoRemoteAddress } from '../shared/identity/faults.ts';
import { RULE } from './scenario.ts';

export const faults: Faults = {
  'the exemption comes after the capture': {
    fault: swappedRules(RULE.exempt, RULE.capture),
    why: "the stub's own call is captured before any rule leaves it alone",
  },
  'the exemption goes by user': {
    fault: changedRule(RULE.exempt, `--gid-owner ${AUTHZ_GID}`, '--uid-owner 0'),
    why: 'the stub runs as root, and others do',
  },
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    // Without a NAT rule the kernel tracks no connection and skips the nat table.
    why: 'who dials the upstream on port 80 is refused by it, the metadata are open to everybody, and no other rule of the table counts',
  },
  "the rule captures Envoy's user too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'nobody but the stub gets to the metadata service',
  },
  'the metadata service speaks version 1 alone': {
    fault: metadata({ versions: ['v1'] }),
    why: 'it has no token to give',
  },
  'the metadata service speaks version 2 alone': {
    fault: metadata({ versions: ['v2'] }),
    why: 'it answers nobody without a token',
  },
  'the metadata service takes any token': {
    fault: metadata({ fault: { takesAnyToken: true } }),
    why: 'one that has ended or that it never gave does as well',
  },
  'the metadata service gives a token to whoever asks': {
    fault: metadata({ fault: { refusesNobody: true } }),
    why: 'it neither asks how long a token shall live nor minds a proxy',
  },
  'the stub keeps no token': {
    fault: identity({ keepsNoToken: true }),
    why: 'it asks for one before each use',
  },
  'the stub uses version 1 though it may not': {
    fault: identity({ usesVersion1Anyhow: true }),
    why: 'without a token it goes on',
  },
  'whom nobody could look up gets through': failsOpen,
  'Envoy does not drop what a downstream says of itself': keepsForgedHeaders,
  'Envoy does not use the address of the downstream': usesNoRemoteAddress,
  'the upstream answers on port 80, too': {
    fault: addedRule('nat', `-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: 'who goes past Envoy is not refused',
  },
  'another upstream answers': strangerAnswers('it names itself'),
};
