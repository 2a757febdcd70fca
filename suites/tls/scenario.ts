import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

/** The listeners that terminate TLS, the second one without tls_inspector, and those that originate it. */
export const LISTENERS = {
  front: `127.0.0.1:${PORTS.listener}`,
  bare: `127.0.0.1:${PORTS.bytesListener}`,
  origination: '127.0.0.1:4997',
  bytes: '127.0.0.1:4996',
} as const;

const at = (last: number, port: number): [{ address: string; port: number }] => [
  { address: `198.51.100.${last}`, port },
];

export const tls = scenario({
  slug: 'tls',
  task: 'forward',
  tags: ['tls', 'headers'],
  title: 'TLS: termination, client certificates and origination',
  requirement:
    'Envoy accepts the protocol versions, groups and client certificates that its config names, reports each failed handshake with its reason, and verifies the certificates of upstreams.',
  purpose:
    'Shows both ends of TLS in Envoy: what a handshake negotiates, which clients Envoy accepts, and what it logs of a failure.',
  request: [
    'curl',
    ...['--silent', '--include', '--insecure', '--resolve', `front.test:${PORTS.listener}:127.0.0.1`],
    `https://front.test:${PORTS.listener}/`,
  ],
  topology: sameHost({
    upstreams: {
      web: { port: 5000, endpoints: at(10, 5000) },
      secure: { port: 5001, endpoints: at(10, 5001), tls: { names: ['a.test', 'b.test'] } },
      expired: { port: 5002, endpoints: at(10, 5002), tls: { names: ['a.test'], expired: true } },
      stranger: { port: 5003, endpoints: at(10, 5003), tls: { names: ['a.test'], stranger: true } },
      encipherment: {
        port: 5004,
        endpoints: at(10, 5004),
        tls: { names: ['a.test'], key: 'RSA', keyUsage: 'keyEncipherment' },
      },
      anyUsage: { port: 5005, endpoints: at(10, 5005), tls: { names: ['a.test'], key: 'RSA', keyUsage: 'none' } },
      bytes: { port: 5006, endpoints: at(10, 5006), protocol: 'tcp' },
      secureBytes: { port: 5007, endpoints: at(10, 5007), protocol: 'tcp', tls: { names: ['a.test'] } },
    },
  }),
  envoy: {
    config: 'tls.yaml',
    uid: ENVOY_UID,
    certificates: {
      front: { names: ['front.test', '*.front.test'] },
      client: { names: ['envoy.test'], client: true },
    },
  },
});
