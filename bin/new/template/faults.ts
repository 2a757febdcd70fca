import { route } from '../../../helpers/envoy/select.ts';
import { config, type Faults, upstream } from '../../../helpers/scenario/faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'upstream responds under another name': {
    fault: upstream('upstream', { name: 'other' }),
    why: 'the response contains the other name',
  },
  'route returns a direct_response instead of forwarding': {
    fault: config({ at: route('/'), delete: ['route'], add: { direct_response: { status: 200 } } }),
    why: 'Envoy returns 200 without a request to the upstream, whether it is up or down',
  },
};
