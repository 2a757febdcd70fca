import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, route } from '../../helpers/envoy/select.ts';
import { config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { upstreamHttp } from '../shared/faults.ts';

export const faults: Faults = {
  'upstream cluster uses HTTP/1.1': {
    fault: config({ at: cluster('upstream'), set: upstreamHttp({}) }),
    why: 'the upstream receives HTTP/1.1, and no frames',
  },
  'local_reply_config maps local replies to 500': {
    fault: config({
      at: connectionManager('ingress'),
      add: {
        local_reply_config: {
          mappers: [
            {
              filter: {
                status_code_filter: {
                  comparison: { op: 'GE', value: { default_value: 500, runtime_key: 'unused' } },
                },
              },
              status_code: 500,
            },
          ],
        },
      },
    }),
    why: 'a reset of the upstream has another status',
  },
  'codec_type is HTTP1': {
    fault: config({ at: connectionManager('ingress'), set: { codec_type: 'HTTP1' } }),
    why: 'scripts that send frames get 400 in HTTP/1.1',
  },
  'default-windows cluster uses HTTP/1.1': {
    fault: config({ at: cluster('default-windows'), set: upstreamHttp({}) }),
    why: 'the upstream receives HTTP/1.1, and no frames',
  },
  'http1 cluster uses HTTP/2': {
    fault: config({ at: cluster('http1'), add: upstreamHttp({}, 'http2_protocol_options') }),
    why: 'the script of an HTTP/1.1 upstream does not play',
  },
  'TLS clusters use HTTP/1.1 only and HTTP/2 only': {
    fault: [
      config({ at: cluster('secure'), set: upstreamHttp({}) }),
      config({ at: cluster('negotiated'), set: upstreamHttp({}, 'http2_protocol_options') }),
    ],
    why: 'the upstream receives the other version',
  },
  'retry policies and the timeout removed': {
    fault: [
      config({ at: route('/refused/'), delete: ['route.retry_policy'] }),
      config({ at: route('/reset/'), delete: ['route.retry_policy'] }),
      config({ at: route('/timeout/'), set: { 'route.timeout': '0s' } }),
    ],
    why: 'a reset reaches the client, and a request waits without end',
  },
  'direct response of /429 is 500': {
    fault: config({ at: route('/429'), set: { 'direct_response.status': 500 } }),
    why: 'another HTTP status has another grpc-status',
  },
  'deadlineExceeded is dated wrongly': {
    misdated: CHANGES.deadlineExceeded,
    why: 'the claim expects the grpc-status of other versions',
  },
  'resetsWithError is dated wrongly': {
    misdated: CHANGES.resetsWithError,
    why: 'claims expect the reset codes of other versions',
  },
  'resetGuardsRemoved is dated wrongly': {
    misdated: CHANGES.resetGuardsRemoved,
    why: 'claims expect the reset codes of other versions',
  },
  'resetAfterResponse is dated wrongly': {
    misdated: CHANGES.resetAfterResponse,
    why: 'a claim expects the body of other versions',
  },
  'enable_trailers set for HTTP/1.1 clients': {
    fault: config({ at: connectionManager('ingress'), add: { http_protocol_options: { enable_trailers: true } } }),
    why: 'an HTTP/1.1 client gets trailers',
  },
  'upstream returns 404': {
    fault: upstream('upstream', { status: 404 }),
    why: 'the ordinary answer has another status',
  },
};
