import { type Address, upstreamAddress } from '../constants/addresses.ts';
import { envoyPorts, type Scenario } from './scenario.ts';

/**
 * The command that shows a chapter at work: the scenario's own, else a request to the first
 * upstream where rules redirect it to Envoy, to Envoy where there are none, to the listener port
 * without Envoy.
 */
export function firstRequest(
  scenario: Pick<Scenario, 'netfilter' | 'netfilter6' | 'envoy' | 'topology' | 'request'>,
): [string, ...string[]] {
  const { netfilter, netfilter6, envoy, topology, request } = scenario;
  if (request) return request;
  const address: Address = upstreamAddress(0);
  const { listener } = envoyPorts(envoy);
  if (!envoy) return curl(`http://${address.ipv4}:${listener}/`);
  // A router chapter with rules of both families is about IPv6.
  if (netfilter6.trim() && topology.kind === 'router') return curl(`http://[${address.ipv6}]/`);
  return curl(netfilter.trim() ? `http://${address.ipv4}/` : `http://127.0.0.1:${listener}/`);
}

function curl(...args: string[]): [string, ...string[]] {
  return ['curl', '--silent', '--include', ...args];
}
