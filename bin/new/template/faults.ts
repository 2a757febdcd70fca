import { route } from '../../../helpers/envoy/select.ts';
import { config, type Faults, upstream } from '../../../helpers/scenario/faults.ts';

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'another upstream answers': {
    fault: upstream('upstream', { name: 'stranger' }),
    why: 'it reports its own name',
  },
  'Envoy replies itself': {
    fault: config({ at: route('/'), delete: ['route'], add: { direct_response: { status: 200 } } }),
    why: 'no request reaches the upstream, whether it is up or down',
  },
};
