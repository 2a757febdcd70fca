import { virtualHost } from '../../helpers/envoy/select.ts';
import { changedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { changesHeader, masquerades } from '../shared/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'no rule captures': tproxy.noCapture,
  'the rule captures the next port too': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'the rule sets another mark': {
    fault: changedRule(RULE.capture, '--tproxy-mark 0x1/0x1', '--tproxy-mark 0x2/0x2'),
    why: 'by it nothing is looked up in the local table: what a socket has taken is not forwarded, and is lost',
  },
  'no DIVERT': tproxy.noDivert,
  'REDIRECT instead of TPROXY': tproxy.redirectInstead(RULE.capture),
  'the host rewrites the source of what Envoy sends': {
    fault: masquerades(),
    why: "the upstream sees a port that is not Envoy's",
  },
  'the listener is not transparent': tproxy.notTransparent,
  'no original_dst listener filter': tproxy.noOriginalDst,
  "Envoy calls from the downstream's address": tproxy.callsFromTheDownstreamsAddress,
  'Envoy calls the upstream on the port of its own listener': tproxy.callsItsOwnPort,
  'Envoy keeps no connection to the upstream': tproxy.keepsNoConnection,
  'the time is added without its zone': {
    fault: changesHeader(
      virtualHost('all'),
      '[x-request-start-time].header.value',
      '%START_TIME(%Y/%m/%dT%H:%M:%S %s)%',
    ),
    why: 'its format is a part of the claim',
  },
  'empty headers are kept': {
    fault: config({
      at: virtualHost('all'),
      add: { 'request_headers_to_add[x-request-upstream-remote].keep_empty_value': true },
    }),
    why: 'the upstream gets the header, with nothing in it',
  },
  'another upstream answers': tproxy.anotherAnswers,
  'the upstream changes a byte': {
    fault: upstream('upstream', { changesByte: true }),
    why: 'a payload has another digest, both ways',
  },
};

export const accepted: Record<string, string> = {
  'virtual host all: request_headers_to_add[x-request-upstream-remote].header.key is "x-request-upstream-remotex"':
    'its value is empty, and a header that is left out is left out under any name',
};
