import type { TopologyName } from '../../project/config.ts';
import type { CapturedTraffic } from './captured-traffic.ts';

/**
 * The topology that rules need:
 * - `pod`: they capture what arrives and what programs of the host send
 * - `router`: they capture what arrives
 * - `sameHost`: they capture what programs of the host send
 * - `edge`: they capture nothing
 */
export function topologyFor({ inbound, outbound }: Pick<CapturedTraffic, 'inbound' | 'outbound'>): TopologyName {
  if (outbound.length > 0) return inbound.length > 0 ? 'pod' : 'sameHost';
  return inbound.length > 0 ? 'router' : 'edge';
}
