import { AUTHZ_GID, ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import {
  AT,
  addedRule,
  changedRule,
  config,
  type Faults,
  identity,
  metadata,
  swappedRules,
  upstream,
  withoutRule,
} from '../../helpers/scenario/faults.ts';
import { RULE } from './scenario.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'the exemption comes after the capture': {
    fault: swappedRules(RULE.exempt, RULE.capture),
    why: "the stub's own call is captured before any rule leaves it alone",
    kills: {
      allBut: [
        'a rule that leaves root alone instead would let every program of root past Envoy',
        "without the exemption Envoy asks the stub about the stub's own call, which the stub refuses",
        'version 1 answers a plain GET',
        'with version 1 off a GET without a token is 401',
        'a token is good for as long as it was asked for, and 401 from then on',
        'a token that the service never gave is 401, even where none would have done',
        'a PUT that does not say how long its token shall live, or says too long, is 400',
        'a PUT that came through a proxy is 403: no token for who was forwarded',
        'without the rules port 80 of the upstream refuses, and nobody is asked',
      ],
    },
  },
  'the exemption goes by user': {
    fault: changedRule(RULE.exempt, `--gid-owner ${AUTHZ_GID}`, '--uid-owner 0'),
    why: 'the stub runs as root, and others do',
    kills: ['that rule goes by group: a program of root is captured, and told as what it is'],
  },
  'no rule captures': {
    fault: withoutRule(RULE.capture),
    // Where no rule translates, the kernel tracks no connection, and without that it looks at no rule of the nat table.
    why: 'who dials the upstream on port 80 is refused by it, the metadata are open to everybody, and no other rule of the table counts',
    kills: [
      'a rule that leaves root alone instead would let every program of root past Envoy',
      'a redirected request costs the stub two calls, and the rule that leaves them alone counts both',
      'that rule goes by group: a program of root is captured, and told as what it is',
      "without the exemption Envoy asks the stub about the stub's own call, which the stub refuses",
      "a workload's own call to the metadata service is captured, and never gets there",
      'Envoy takes 169.254.169.254 on the loopback interface for its own address, and names it in x-forwarded-for',
    ],
  },
  "the rule captures Envoy's user too": {
    fault: changedRule(RULE.capture, `-m owner ! --uid-owner ${ENVOY_UID} `, ''),
    why: 'nobody but the stub gets to the metadata service',
    kills: [
      'version 1 answers a plain GET',
      'with version 1 off a GET without a token is 401',
      'a token is good for as long as it was asked for, and 401 from then on',
      'a token that the service never gave is 401, even where none would have done',
      'a PUT that does not say how long its token shall live, or says too long, is 400',
      'a PUT that came through a proxy is 403: no token for who was forwarded',
    ],
  },
  'the metadata service speaks version 1 alone': {
    fault: metadata({ versions: ['v1'] }),
    why: 'it has no token to give',
    kills: [
      'the stub asks with version 2: first for a token, then with it',
      'it keeps its token for the next request',
      'it gets another token when its own has expired, and the request is none the wiser',
      'a token does not help when the metadata become unreachable',
      'a token is good for as long as it was asked for, and 401 from then on',
      'a PUT that does not say how long its token shall live, or says too long, is 400',
      'a PUT that came through a proxy is 403: no token for who was forwarded',
    ],
  },
  'the metadata service speaks version 2 alone': {
    fault: metadata({ versions: ['v2'] }),
    why: 'it answers nobody without a token',
    kills: ['version 1 answers a plain GET'],
  },
  'the metadata service takes any token': {
    fault: metadata({ fault: { takesAnyToken: true } }),
    why: 'one that has ended or that it never gave does as well',
    kills: [
      'it gets another token when its own has expired, and the request is none the wiser',
      'a token is good for as long as it was asked for, and 401 from then on',
      'a token that the service never gave is 401, even where none would have done',
    ],
  },
  'the metadata service gives a token to whoever asks': {
    fault: metadata({ fault: { refusesNobody: true } }),
    why: 'it neither asks how long a token shall live nor minds a proxy',
    kills: [
      'a PUT that does not say how long its token shall live, or says too long, is 400',
      'a PUT that came through a proxy is 403: no token for who was forwarded',
    ],
  },
  'the stub keeps no token': {
    fault: identity({ keepsNoToken: true }),
    why: 'it asks for one before each use',
    kills: [
      'it keeps its token for the next request',
      'it gets another token when its own has expired, and the request is none the wiser',
      'a token does not help when the metadata become unreachable',
    ],
  },
  'the stub uses version 1 though it may not': {
    fault: identity({ usesVersion1Anyhow: true }),
    why: 'without a token it goes on',
    kills: [
      'where the stub may not use version 1, it does not, and says so',
      'a metadata service that keeps silent is told by how long it was waited for',
      "without the exemption Envoy asks the stub about the stub's own call, which the stub refuses",
    ],
  },
  'whom nobody could look up gets through': {
    fault: config({ set: { [`${AT.http}.http_filters.0.typed_config.failure_mode_allow`]: true } }),
    why: 'a failure of the check lets the request pass',
    kills: [
      'where the stub may not use version 1, it does not, and says so',
      'while the metadata are unreachable, the stub says so in a line, and Envoy lets nobody through',
      'a token does not help when the metadata become unreachable',
      'a metadata service that keeps silent is told by how long it was waited for',
      "without the exemption Envoy asks the stub about the stub's own call, which the stub refuses",
    ],
  },
  'Envoy does not drop what a downstream says of itself': {
    fault: config({ delete: [`${AT.http}.early_header_mutation_extensions`] }),
    why: 'it reaches the upstream where the stub puts nothing in its place',
    kills: [
      'with failure_mode_allow the request goes on without any identity, and so it does where it brings a forged one',
    ],
  },
  'Envoy does not use the address of the downstream': {
    fault: config({ delete: [`${AT.http}.use_remote_address`] }),
    why: 'it writes no x-forwarded-for',
    kills: [
      'Envoy takes 169.254.169.254 on the loopback interface for its own address, and names it in x-forwarded-for',
    ],
  },
  'the upstream answers on port 80, too': {
    fault: addedRule('nat', `-A PREROUTING -p tcp --dport 80 -j REDIRECT --to-ports ${PORTS.upstream}`, {
      at: 'upstream',
    }),
    why: 'who goes past Envoy is not refused',
    kills: [
      'a rule that leaves root alone instead would let every program of root past Envoy',
      'without the rules port 80 of the upstream refuses, and nobody is asked',
    ],
  },
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it names itself',
    kills: ["a workload's own call to the metadata service is captured, and never gets there"],
  },
};
