import { route } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults } from '../../helpers/scenario/faults.ts';
import { misdatedBody, withoutRetries } from '../shared/faults.ts';

const retriedOn = (path: string, retryOn: string): Fault =>
  config({ at: route(path), set: { 'route.retry_policy.retry_on': retryOn } });

export const faults: Faults = {
  'max_retries is 0': withoutRetries('upstream', 'refused'),
  'more is retried': {
    fault: [
      retriedOn('/retried/5xx', '5xx,retriable-status-codes,envoy-ratelimited'),
      config({ at: route('/retried/5xx'), add: { 'route.retry_policy.retriable_status_codes': [404] } }),
      ...['/retried/reset', '/retried/gateway-error', '/retried/status'].map((path) => retriedOn(path, '5xx')),
      config({ at: route('/retried/small-buffer'), set: { per_request_buffer_limit_bytes: 8000 } }),
    ],
    why: 'other statuses, and larger bodies',
  },
  'route of resets leads to a port without a process': {
    fault: config({ at: route('/retried/reset'), set: { 'route.cluster': 'refused' } }),
    why: 'connections are refused instead',
  },
  'wrong version recorded for the 503 body without failure reason': misdatedBody,
};
