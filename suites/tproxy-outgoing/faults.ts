import { virtualHost } from '../../helpers/envoy/select.ts';
import { changedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { changesHeader, masquerades } from '../shared/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'TPROXY rule removed': tproxy.noCapture,
  'TPROXY rule also captures port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy answers for a port on which nobody listens',
  },
  'TPROXY rule sets mark 0x2': {
    fault: changedRule(RULE.capture, '--tproxy-mark 0x1/0x1', '--tproxy-mark 0x2/0x2'),
    why: 'by it nothing is looked up in the local table: what a socket has taken is not forwarded, and is lost',
  },
  'DIVERT rule removed': tproxy.noDivert,
  'REDIRECT rule instead of the TPROXY rule': tproxy.redirectInstead(RULE.capture),
  "MASQUERADE rule added for Envoy's upstream connections": {
    fault: masquerades(),
    why: "the upstream sees a port that is not Envoy's",
  },
  'listener with transparent: false': tproxy.notTransparent,
  'original_dst listener filter replaced by http_inspector': tproxy.noOriginalDst,
  'original_src listener filter added': tproxy.callsFromTheDownstreamsAddress,
  'upstream_port_override 4999 on the cluster': tproxy.callsItsOwnPort,
  'max_requests_per_connection 1 on the cluster': tproxy.keepsNoConnection,
  'START_TIME format without the zone offset': {
    fault: changesHeader(
      virtualHost('all'),
      '[x-request-start-time].header.value',
      '%START_TIME(%Y/%m/%dT%H:%M:%S %s)%',
    ),
    why: 'its format is a part of the claim',
  },
  'keep_empty_value on an added request header': {
    fault: config({
      at: virtualHost('all'),
      add: { 'request_headers_to_add[x-request-upstream-remote].keep_empty_value': true },
    }),
    why: 'the upstream gets the header, with nothing in it',
  },
  'upstream identifies itself with another name': tproxy.anotherAnswers,
  'upstream changes one byte of each payload': {
    fault: upstream('upstream', { changesByte: true }),
    why: 'a payload has another digest, both ways',
  },
};

export const accepted: Record<string, string> = {
  'virtual host all: request_headers_to_add[x-request-upstream-remote].header.key is "x-request-upstream-remotex"':
    'its value is empty, and a header that is left out is left out under any name',
};
