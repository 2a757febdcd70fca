import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The ports of the listeners by their options of HTTP/1.1. */
export const LISTENERS = {
  plain: PORTS.listener,
  'length-and-chunked': 4990,
  'http-1-0': 4991,
  'default-host': 4992,
  trailers: 4993,
  legacy: 4994,
} as const;

export const framing = scenario({
  slug: 'framing',
  task: 'forward',
  tags: ['headers', 'local-replies'],
  title: 'HTTP/1.1 messages: limits, framing and malformed bytes',
  requirement:
    'Envoy refuses a message that its two sides could read differently, and forwards any other one in a single, normal form.',
  purpose: 'Shows byte for byte which requests and responses of HTTP/1.1 Envoy refuses, mends or forwards.',
  topology: sameHost({ upstreams: { upstream: { port: PORTS.upstream } } }),
  envoy: { config: 'framing.yaml', uid: ENVOY_UID },
});
