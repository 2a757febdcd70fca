import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, route } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts, upstreamHttp } from '../shared/faults.ts';
import { http2UpstreamFaults } from '../shared/http2-upstream/faults.ts';

export const faults: Faults = {
  ...http2UpstreamFaults,
  'default-windows cluster uses HTTP/1.1': {
    fault: config({ at: cluster('default-windows'), set: upstreamHttp({}) }),
    why: 'the upstream receives HTTP/1.1, and no frames',
  },
  'http1 cluster has no endpoints': {
    // With HTTP/2, the script of the upstream would wait on, and fail the next claim at its timeout.
    fault: config({ at: cluster('http1'), delete: ['load_assignment'] }),
    why: 'the script of an HTTP/1.1 upstream does not play',
  },
  'retry policies removed': {
    fault: ['/refused/', '/reset/'].map((path) => config({ at: route(path), delete: ['route.retry_policy'] })),
    why: 'a reset reaches the client',
  },
  'resetGuardsRemoved is dated wrongly': {
    misdated: CHANGES.resetGuardsRemoved,
    why: 'claims expect the reset codes of other versions',
  },
  'resetAfterResponse is dated wrongly': {
    misdated: CHANGES.resetAfterResponse,
    why: 'a claim expects the body of other versions',
  },
};

export const accepted = accepts('responses are several times as long as windows and buffers', [
  'HTTP connection manager ingress: http2_protocol_options.initial_connection_window_size is 65536',
  'HTTP connection manager ingress: http2_protocol_options.initial_stream_window_size is 65536',
  'cluster upstream: per_connection_buffer_limit_bytes is 32769',
  'listener ingress: per_connection_buffer_limit_bytes is 32769',
]);
