import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const configValidation = scenario({
  slug: 'config-validation',
  task: 'forward',
  tags: ['tcp'],
  title: 'Config validation: configs that a version accepts, and its reasons to refuse one',
  requirement:
    '`envoy --mode validate` accepts the config of this chapter in all versions. It refuses a config with an error, and names the error, before it replaces a running one.',
  purpose: 'Shows which configs a newer Envoy no longer accepts, and which errors no version finds.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'config-validation.yaml', uid: ENVOY_UID },
  request: ['curl', '--silent', '--include', `http://127.0.0.1:${PORTS.listener}/`],
});
