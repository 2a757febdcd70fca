import { virtualHost } from '../../helpers/envoy/select.ts';
import { changedRule, config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { changesHeader, masquerades } from '../shared/faults.ts';
import * as tproxy from '../shared/tproxy/faults.ts';
import { RULE } from '../shared/tproxy/rules.ts';

export const faults: Faults = {
  'TPROXY rule removed': tproxy.noCapture,
  'TPROXY rule also matches port 81': {
    fault: changedRule(RULE.capture, '--dport 80', '--dport 80:81'),
    why: 'Envoy accepts connections to a port on which the upstream does not listen',
  },
  'TPROXY rule sets mark 0x2': {
    fault: changedRule(RULE.capture, '--tproxy-mark 0x1/0x1', '--tproxy-mark 0x2/0x2'),
    why: 'marked packets miss the local routing table and are lost',
  },
  'DIVERT rule removed': tproxy.noDivert,
  'REDIRECT rule instead of the TPROXY rule': tproxy.redirectInstead(RULE.capture),
  'MASQUERADE rule for port 80 added': {
    fault: masquerades(),
    why: "the upstream sees another source port than Envoy's",
  },
  'listener with transparent: false': tproxy.notTransparent,
  'original_dst listener filter replaced by http_inspector': tproxy.noOriginalDst,
  'original_src listener filter added': tproxy.withOriginalSrc,
  'upstream_port_override 4999 on the cluster': tproxy.upstreamPortOverride,
  'max_requests_per_connection 1 on the cluster': tproxy.oneRequestPerConnection,
  'START_TIME format without the zone offset': {
    fault: changesHeader(
      virtualHost('all'),
      '[x-request-start-time].header.value',
      '%START_TIME(%Y/%m/%dT%H:%M:%S %s)%',
    ),
    why: 'the added header has no zone offset',
  },
  'keep_empty_value on an added request header': {
    fault: config({
      at: virtualHost('all'),
      add: { 'request_headers_to_add[x-request-upstream-remote].keep_empty_value': true },
    }),
    why: 'the upstream receives the header with an empty value',
  },
  'upstream responds under another name': tproxy.renamedUpstream,
  'upstream changes one byte of each payload': {
    fault: upstream('upstream', { changesByte: true }),
    why: 'the digest of an uploaded or downloaded payload differs',
  },
};

export const accepted: Record<string, string> = {
  'virtual host all: request_headers_to_add[x-request-upstream-remote].header.key is "x-request-upstream-remotex"':
    'the header is omitted because its value is empty, so its name has no effect',
};
