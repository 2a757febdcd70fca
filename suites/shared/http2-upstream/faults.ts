import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager } from '../../../helpers/envoy/select.ts';
import { config, type Faults } from '../../../helpers/scenario/faults.ts';
import { mapsLocalReplies, upstreamHttp } from '../faults.ts';

/** The faults of each chapter about an HTTP/2 upstream. */
export const http2UpstreamFaults: Faults = {
  'upstream cluster uses HTTP/1.1': {
    fault: config({ at: cluster('upstream'), set: upstreamHttp({}) }),
    why: 'the upstream receives HTTP/1.1, and no frames',
  },
  'local_reply_config maps local replies to 500': {
    fault: mapsLocalReplies(connectionManager('ingress'), 'GE', 500, { status_code: 500 }),
    why: 'a reset of the upstream has another status',
  },
  'codec_type is HTTP1': {
    fault: config({ at: connectionManager('ingress'), set: { codec_type: 'HTTP1' } }),
    why: 'scripts that send frames get 400 in HTTP/1.1',
  },
  'resetsWithError is dated wrongly': {
    misdated: CHANGES.resetsWithError,
    why: 'claims expect the reset codes of other versions',
  },
};
