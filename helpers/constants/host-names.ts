/** The name of Envoy's host in each kind of topology. */
export const ENVOY_HOSTS = { 'same host': 'host', router: 'router', edge: 'envoy', pod: 'pod' } as const;

/** The host of the downstream's programs, where it is not Envoy's own. */
export const DOWNSTREAM_HOST = 'downstream';

/** The host of all upstreams, where they share one. */
export const UPSTREAMS_HOST = 'upstreams';
