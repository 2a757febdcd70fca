import { CHANGES } from '../../../helpers/envoy/known-changes.ts';
import { connectionManager } from '../../../helpers/envoy/select.ts';
import { config, type Faults } from '../../../helpers/scenario/faults.ts';

/** The faults of each chapter about the frames of an HTTP/2 client. */
export function http2Faults(...listeners: string[]): Faults {
  return {
    'codec_type of each listener is HTTP1': {
      fault: listeners.map((listener) => config({ at: connectionManager(listener), add: { codec_type: 'HTTP1' } })),
      why: 'HTTP/2 clients get 400 in HTTP/1.1',
    },
    'nghttp2ByDefault is dated wrongly': {
      misdated: CHANGES.nghttp2ByDefault,
      why: 'claims expect what the other codec library does',
    },
  };
}
