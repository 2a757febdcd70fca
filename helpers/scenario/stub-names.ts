import { PORTS } from '../constants/ports.ts';

/** The stubs of Envoy's host that answer its calls, by their key in a scenario. */
export const STUBS = {
  authz: { name: 'authorization service', call: 'check', cluster: 'authz', port: PORTS.authz },
  httpAuthz: { name: 'HTTP authorization service', call: 'check', cluster: 'authz', port: PORTS.httpAuthz },
  rateLimit: { name: 'rate limit service', call: 'request', cluster: 'rate_limit', port: PORTS.rateLimit },
  jwks: { name: 'JWKS server', call: 'request', cluster: 'jwks', port: PORTS.jwks },
} as const satisfies Record<string, StubWords>;

/** How a stub is named, and where Envoy finds it. */
export interface StubWords {
  name: string;
  /** What it receives. */
  call: string;
  /** The Envoy cluster of its endpoint. */
  cluster: string;
  port: number;
}

export type StubName = keyof typeof STUBS;

export const STUB_NAMES = Object.keys(STUBS) as StubName[];
