import { type Address, upstreamAddress } from '../constants/addresses.ts';
import { PORTS } from '../constants/ports.ts';
import type { Scenario } from './scenario.ts';

/** The part of a scenario that says which request shows it at work. */
type Asked = Pick<Scenario, 'netfilter' | 'netfilter6' | 'envoy' | 'topology' | 'request'>;

/**
 * The command that shows a chapter at work, unless its scenario names another one: a request to the first upstream where rules bring it
 * to Envoy, and to Envoy itself where there are none. Where the upstream alone has rules, to the port that they open.
 */
export function firstRequest({ netfilter, netfilter6, envoy, topology, request }: Asked): [string, ...string[]] {
  if (request) return request;
  const address: Address = upstreamAddress(0);
  if (!envoy) return curl(`http://${address.ipv4}:${PORTS.listener}/`);
  // IPv6 is what sets a chapter apart that has rules of both families.
  if (netfilter6.trim() && topology.kind === 'router') return curl(`http://[${address.ipv6}]/`);
  return curl(netfilter.trim() ? `http://${address.ipv4}/` : `http://127.0.0.1:${PORTS.listener}/`);
}

function curl(...args: string[]): [string, ...string[]] {
  return ['curl', '--silent', '--include', ...args];
}
