import { PORTS } from '../../helpers/constants/ports.ts';
import { route, virtualHost } from '../../helpers/envoy/select.ts';
import { addedRule, config, type Faults, resolves } from '../../helpers/scenario/faults.ts';
import { captures, guards, ownServerHeader, swapsBlueAndGreen } from '../shared/faults.ts';

export const faults: Faults = {
  'upgrade_configs removed from the CONNECT route': {
    fault: config({ at: route('CONNECT'), delete: ['route.upgrade_configs'] }),
    why: 'Envoy rejects every CONNECT',
  },
  'connect_config removed from the CONNECT route': {
    fault: config({ at: route('CONNECT'), delete: ['route.upgrade_configs[CONNECT].connect_config'] }),
    why: 'Envoy forwards the CONNECT to the target, which is not a proxy',
  },
  'port 80 added to the virtual host of the tunnels': {
    fault: config({ at: virtualHost('tunnels'), set: { domains: ['*:443', '*:5000', '*:80'] } }),
    why: 'Envoy opens tunnels to port 80 too',
  },
  'plain HTTP route removed from the virtual host of the tunnels': {
    fault: config({ at: virtualHost('tunnels'), delete: ['routes[/]'] }),
    why: 'plain HTTP requests to ports 443 and 5000 get 404',
  },
  'blue and green swap names': swapsBlueAndGreen,
  'DNS resolves blue to the address of green': {
    fault: resolves('blue', 'green'),
    why: "connections to blue by name reach green's host, where no process listens on blue's ports",
  },
  'DNS resolves the unknown name': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy connects to the resolved address, which refuses the connection',
  },
  'REDIRECT rules for ports 80 and 5000 added': {
    fault: [captures(PORTS.http), captures(PORTS.upstream)],
    why: 'direct connections go through Envoy, whatever the proxy variables contain',
  },
  'server_header_transformation set to PASS_THROUGH': ownServerHeader,
  "virtual host for Envoy's own address disabled": {
    fault: [config({ at: virtualHost('itself'), set: { domains: ['proxy.test'] } }), guards(PORTS.listener)],
    why: 'Envoy connects to itself, which an added guard rule refuses',
  },
  'RST packets from the listener port dropped': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.listener} --tcp-flags RST RST -j DROP`),
    why: 'a refused connection times out instead',
  },
  'RST packets from upstream port 5000 dropped': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits for a connection until connect_timeout',
  },
};
