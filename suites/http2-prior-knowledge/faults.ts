import { PORTS } from '../../helpers/constants/ports.ts';
import { cluster, connectionManager } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults } from '../../helpers/scenario/faults.ts';
import { captures, upstreamHttp } from '../shared/faults.ts';

const BAD_REQUEST = { op: 'EQ', value: { default_value: 400, runtime_key: 'unused' } };

export const faults: Faults = {
  'the listener takes HTTP/1.1 alone': {
    fault: config({ at: connectionManager(), set: { codec_type: 'HTTP1' } }),
    why: 'who speaks HTTP/2 is told 400 in HTTP/1.1',
  },
  'the listener takes HTTP/2 alone': {
    fault: config({ at: connectionManager(), set: { codec_type: 'HTTP2' } }),
    why: 'who speaks HTTP/1.1 is cut off',
  },
  'Envoy calls the upstream in HTTP/2': {
    fault: config({ at: cluster('upstream'), add: upstreamHttp({}, 'http2_protocol_options') }),
    why: 'the upstream knows HTTP/1.1 alone',
  },
  'the way past Envoy leads through it': {
    fault: captures(PORTS.upstream),
    why: 'the upstream seems to speak HTTP/2',
  },
  'Envoy writes another status than it means': {
    fault: config({
      at: connectionManager(),
      add: {
        local_reply_config: {
          mappers: [{ filter: { status_code_filter: { comparison: BAD_REQUEST } }, status_code: 500 }],
        },
      },
    }),
    why: '500 is not what its codec found',
  },
  'a firewall swallows how Envoy ends a connection': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags FIN FIN -j DROP'),
    why: 'the downstream waits in vain, for neither a byte nor the end comes',
  },
};
