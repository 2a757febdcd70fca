import { PORTS } from '../../helpers/constants/ports.ts';
import { cluster, connectionManager } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults } from '../../helpers/scenario/faults.ts';
import { captures, mapsLocalReplies, upstreamHttp } from '../shared/faults.ts';

export const faults: Faults = {
  'codec_type is HTTP1': {
    fault: config({ at: connectionManager(), set: { codec_type: 'HTTP1' } }),
    why: 'HTTP/2 clients get 400 in HTTP/1.1',
  },
  'codec_type is HTTP2': {
    fault: config({ at: connectionManager(), set: { codec_type: 'HTTP2' } }),
    why: 'Envoy closes the connections of HTTP/1.1 clients',
  },
  'upstream cluster uses HTTP/2': {
    fault: config({ at: cluster('upstream'), add: upstreamHttp({}, 'http2_protocol_options') }),
    why: 'the upstream receives HTTP/2',
  },
  'direct connections to the upstream redirected to Envoy': {
    fault: captures(PORTS.upstream),
    why: 'the upstream receives HTTP/1.1 from Envoy',
  },
  'local_reply_config maps status 400 to 500': {
    fault: mapsLocalReplies(connectionManager(), 'EQ', 400, { status_code: 500 }),
    why: 'the access log has 500 instead of the status of the codec error',
  },
  'firewall drops FIN packets of the listener': {
    fault: addedRule('filter', '-A OUTPUT -p tcp --sport 4999 --tcp-flags FIN FIN -j DROP'),
    why: 'the client receives neither a byte nor the end of the connection',
  },
};
