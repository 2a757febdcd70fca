import { createHash } from 'node:crypto';
import type { CheckRequest } from '../check/request.ts';
import { type CapturedTraffic, INSIDE } from '../netfilter/path/captured-traffic.ts';

interface Programs {
  /** The users of the app and of Envoy. */
  app: number;
  envoy: number;
  appPorts: number[];
}

/**
 * The requests that show what rules capture in a pod, from the captured destinations and users: outbound,
 * inbound, from the app to its own addresses, as Envoy's user, and to the ports of the capture.
 */
export function capturedRequests(
  { inbound, outbound, exempt }: CapturedTraffic,
  { app, envoy, appPorts }: Programs,
): CheckRequest[] {
  const [port = 80] = appPorts;
  const byApp = { sender: 'app', uid: app } as const;
  const outside = outbound[0]?.destinations[0];
  const ports = [...new Set([...outbound, ...inbound].map((each) => each.port))].slice(0, 4);
  return [
    ...(outside === undefined
      ? []
      : [
          get('outbound', 'from the app to a peer', outside, byApp),
          ...(exempt.includes(envoy)
            ? [get('exempt', "from Envoy's user to a peer", outside, { sender: 'app', uid: envoy })]
            : []),
        ]),
    ...(inbound.length > 0 ? [get('inbound', 'from a peer to the app', `${INSIDE}:${port}`, {})] : []),
    get('self-call', 'from the app to its own address', `${INSIDE}:${port}`, byApp),
    get('local', 'from the app to its loopback', `127.0.0.1:${port}`, byApp),
    ...ports.flatMap((capture) => [
      get('loop', 'from the app to the port of the capture', `${INSIDE}:${capture}`, byApp),
      get('loop', 'from a peer to the port of the capture', `${INSIDE}:${capture}`, {}),
    ]),
  ];
}

function get(kind: string, how: string, address: string, sender: Pick<CheckRequest, 'sender' | 'uid'>): CheckRequest {
  const action: CheckRequest['action'] = {
    kind: 'http',
    method: 'GET',
    target: `/${kind}`,
    host: 'check.test',
    headers: [],
    protocol: 'http/1.1',
  };
  const sent = { address, action, ...sender };
  const code = createHash('sha256').update(JSON.stringify(sent)).digest('hex').slice(0, 6);
  return { code: `r-${code}`, title: `GET ${address} ${how}`, from: `rules: ${kind}`, ...sent };
}
