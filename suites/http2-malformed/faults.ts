import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import { http2Faults } from '../shared/http2/faults.ts';

export const faults: Faults = {
  ...http2Faults('ingress', 'lenient'),
  'a malformed request ends its stream on every listener': {
    fault: config({
      at: connectionManager('ingress'),
      add: { http2_protocol_options: { override_stream_error_on_invalid_http_message: true } },
    }),
    why: 'connections with malformed requests stay open',
  },
  'framesAfterEndStream is dated wrongly': {
    misdated: CHANGES.framesAfterEndStream,
    why: 'the claim expects that oghttp2 accepts the frame',
  },
};
