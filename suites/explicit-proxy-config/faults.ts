import { PORTS } from '../../helpers/constants/ports.ts';
import { route, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, resolves } from '../../helpers/scenario/faults.ts';
import { captures, guards, ownServerHeader, swapsBlueAndGreen } from '../shared/faults.ts';

export const faults: Faults = {
  'the route for CONNECT does not allow it': {
    fault: config({ at: route('CONNECT'), delete: ['route.upgrade_configs'] }),
    why: 'Envoy refuses each tunnel',
  },
  'a CONNECT is passed on': {
    fault: config({ at: route('CONNECT'), delete: ['route.upgrade_configs[CONNECT].connect_config'] }),
    why: 'the target, which is no proxy, is asked for the tunnel',
  },
  'there are tunnels to port 80, too': {
    fault: config({ at: virtualHost('tunnels'), set: { domains: ['*:443', '*:5000', '*:80'] } }),
    why: 'Envoy takes a CONNECT for each port that the virtual host has',
  },
  'to a port that has tunnels plain HTTP has no route': {
    fault: config({ at: virtualHost('tunnels'), delete: ['routes[/]'] }),
    why: 'what is no CONNECT is 404 there',
  },
  'blue and green answer as each other': swapsBlueAndGreen,
  'the resolver gives the address of green for blue': {
    fault: resolves('blue', 'green'),
    why: 'who is sent to blue by name meets nobody on its ports',
  },
  'the resolver knows a name that does not exist': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy finds it, and is refused there',
  },
  'who goes straight is captured': {
    fault: [captures(PORTS.http), captures(PORTS.upstream)],
    why: 'a program is confined, whatever its environment says',
  },
  'Envoy keeps the server header of the upstream': ownServerHeader,
  'Envoy has no virtual host for itself': {
    fault: [config({ at: virtualHost('itself'), set: { domains: ['proxy.test'] } }), guards(PORTS.listener)],
    why: 'it calls itself, which a guard refuses',
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.listener} --tcp-flags RST RST -j DROP`),
    why: 'silence is not a refusal',
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits for a connection until its own time is over',
  },
};
