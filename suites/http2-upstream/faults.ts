import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, route } from '../../helpers/envoy/select.ts';
import { config, type Faults, upstream } from '../../helpers/scenario/faults.ts';
import { accepts, upstreamHttp } from '../shared/faults.ts';
import { http2UpstreamFaults } from '../shared/http2-upstream/faults.ts';

export const faults: Faults = {
  ...http2UpstreamFaults,
  'TLS clusters use HTTP/1.1 only and HTTP/2 only': {
    fault: [
      config({ at: cluster('secure'), set: upstreamHttp({}) }),
      config({ at: cluster('negotiated'), set: upstreamHttp({}, 'http2_protocol_options') }),
    ],
    why: 'the upstream receives the other version',
  },
  'retry policy and timeout removed': {
    fault: [
      config({ at: route('/refused/'), delete: ['route.retry_policy'] }),
      config({ at: route('/timeout/'), set: { 'route.timeout': '0s' } }),
    ],
    why: 'a GOAWAY fails the request, and a request waits without end',
  },
  'direct response of /429 is 500': {
    fault: config({ at: route('/429'), set: { 'direct_response.status': 500 } }),
    why: 'another HTTP status has another grpc-status',
  },
  'deadlineExceeded is dated wrongly': {
    misdated: CHANGES.deadlineExceeded,
    why: 'the claim expects the grpc-status of other versions',
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

export const accepted = accepts('gRPC has one status for both', [
  'route /500: direct_response.status is 501',
  'route /503: direct_response.status is 504',
]);
