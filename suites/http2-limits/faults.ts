import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import { http2Faults } from '../shared/http2/faults.ts';

export const faults: Faults = {
  ...http2Faults('ingress', 'small-limits'),
  'limits of headers raised': {
    fault: config({
      at: connectionManager('ingress'),
      add: { max_request_headers_kb: 8192, common_http_protocol_options: { max_headers_count: 3000 } },
    }),
    why: 'many and large headers pass',
  },
  'limits of floods raised': {
    fault: config({
      at: connectionManager('ingress'),
      add: {
        http2_protocol_options: {
          max_outbound_control_frames: 10_000,
          max_consecutive_inbound_frames_with_empty_payload: 1000,
          max_inbound_priority_frames_per_stream: 10_000,
          max_inbound_window_update_frames_per_data_frame_sent: 1000,
        },
      },
    }),
    why: 'Envoy takes the frames, and the connection stays open',
  },
  'small-limits has the default limits': {
    fault: config({
      at: connectionManager('small-limits'),
      delete: ['http2_protocol_options', 'common_http_protocol_options', 'max_request_headers_kb'],
    }),
    why: 'Envoy announces other settings, and accepts more headers, streams and frames',
  },
  'cookiesInLimits is dated wrongly': {
    misdated: CHANGES.cookiesInLimits,
    why: 'claims expect other limits of cookies',
  },
  'headerListSize is dated wrongly': {
    misdated: CHANGES.headerListSize,
    why: 'claims expect another reason in the access log',
  },
  'droppedHostInLimits is dated wrongly': {
    misdated: CHANGES.droppedHostInLimits,
    why: 'claims expect that a dropped host is not counted',
  },
  'cookieSizeLimit is dated wrongly': {
    misdated: CHANGES.cookieSizeLimit,
    why: 'the claim expects that large cookies pass',
  },
  'floodLimitsOfActiveStreams is dated wrongly': {
    misdated: CHANGES.floodLimitsOfActiveStreams,
    why: 'claims expect limits that count ended streams',
  },
};

export const accepted: Record<string, string> = {
  'route /direct: direct_response.body.inline_string is "directx"': 'claims read that the body ends, and not its text',
};
