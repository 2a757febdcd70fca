import { ENVOY_UID, PORTS } from '../../helpers/constants/ports.ts';
import { AT, addedRule, config, type Faults, resolves, upstream } from '../../helpers/scenario/faults.ts';

const VIRTUAL_HOSTS = `${AT.http}.route_config.virtual_hosts`;

/** Faults that the claims of this chapter detect. */
export const faults: Faults = {
  'the route for CONNECT does not allow it': {
    fault: config({ delete: [`${VIRTUAL_HOSTS}.1.routes.0.route.upgrade_configs`] }),
    why: 'Envoy refuses each tunnel',
    kills: [
      "curl asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      "undici asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      'a program that knows an http_proxy alone: curl goes straight to an https URL, undici through a tunnel',
      'undici left to itself wants a tunnel for plain HTTP too: here there is one to 5000, and to 80 there is none',
      'what goes through a tunnel reaches the upstream as it was sent',
      'whom the downstream does not trust it does not meet: Envoy cannot stand in between',
      "a tunnel opens with Envoy's own 200 OK, which has no body",
      'a tunnel does not carry a half-close: who ends its sending side gets no answer any more',
      'where a CONNECT and its Host header disagree the CONNECT wins',
      'a tunnel to a name that does not exist is 503 DF',
      'a tunnel to an upstream that is down is 503 UF',
    ],
  },
  'a CONNECT is passed on': {
    fault: config({ delete: [`${VIRTUAL_HOSTS}.1.routes.0.route.upgrade_configs.0.connect_config`] }),
    why: 'the target, which is no proxy, is asked for the tunnel',
    kills: [
      "curl asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      "undici asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      'a program that knows an http_proxy alone: curl goes straight to an https URL, undici through a tunnel',
      'undici left to itself wants a tunnel for plain HTTP too: here there is one to 5000, and to 80 there is none',
      'what goes through a tunnel reaches the upstream as it was sent',
      'whom the downstream does not trust it does not meet: Envoy cannot stand in between',
      "a tunnel opens with Envoy's own 200 OK, which has no body",
      'a tunnel does not carry a half-close: who ends its sending side gets no answer any more',
      'where a CONNECT and its Host header disagree the CONNECT wins',
    ],
  },
  'there are tunnels to port 80, too': {
    fault: config({ set: { [`${VIRTUAL_HOSTS}.1.domains`]: ['*:443', '*:5000', '*:80'] } }),
    why: 'Envoy takes a CONNECT for each port that the virtual host has',
    kills: [
      'curl gets no tunnel to a port that has none: 404 NR',
      'undici gets no tunnel to a port that has none: 404 NR',
      'undici left to itself wants a tunnel for plain HTTP too: here there is one to 5000, and to 80 there is none',
      'who asks for a tunnel to a port that has none is told 404, and that the connection ends',
    ],
  },
  'to a port that has tunnels plain HTTP has no route': {
    fault: config({ delete: [`${VIRTUAL_HOSTS}.1.routes.1`] }),
    why: 'what is no CONNECT is 404 there',
    kills: ['without the route for CONNECT there is no tunnel at all: 404 NR'],
  },
  'blue and green answer as each other': {
    fault: [upstream('blue', { name: 'green' }), upstream('green', { name: 'blue' })],
    why: 'each names itself',
    kills: [
      'curl sends its http_proxy the whole URL, and Envoy finds the target by its name',
      'undici sends its http_proxy the whole URL, and Envoy finds the target by its name',
      'curl goes straight to a host that no_proxy names',
      'undici goes straight to a host that no_proxy names',
      'curl goes straight to what is below a domain that no_proxy names',
      'undici goes straight to what is below a domain that no_proxy names',
      'curl is not confined: without an environment it goes straight',
      'undici is not confined: without an environment it goes straight',
      'undici left to itself wants a tunnel for plain HTTP too: here there is one to 5000, and to 80 there is none',
      'where a whole URL and the Host header disagree the URL wins, and the upstream never sees the other',
    ],
  },
  'the resolver gives the address of green for blue': {
    fault: resolves('blue', 'green'),
    why: 'who is sent to blue by name meets nobody on its ports',
    kills: [
      'curl sends its http_proxy the whole URL, and Envoy finds the target by its name',
      'undici sends its http_proxy the whole URL, and Envoy finds the target by its name',
      "curl asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      "undici asks its https_proxy for a tunnel and meets the upstream's own certificate in it",
      'curl goes straight everywhere while no_proxy is a star',
      'undici goes straight everywhere while no_proxy is a star',
      'curl is not confined: without an environment it goes straight',
      'undici is not confined: without an environment it goes straight',
      'a program that knows an http_proxy alone: curl goes straight to an https URL, undici through a tunnel',
      'HTTP_PROXY in capitals is nothing to curl, and a proxy to undici',
      'whom the downstream does not trust it does not meet: Envoy cannot stand in between',
      'where a whole URL and the Host header disagree the URL wins, and the upstream never sees the other',
    ],
  },
  'the resolver knows a name that does not exist': {
    fault: resolves('nowhere', 'green'),
    why: 'Envoy finds it, and is refused there',
    kills: ['a tunnel to a name that does not exist is 503 DF'],
  },
  'who goes straight is captured': {
    fault: [PORTS.http, PORTS.upstream].map((port) =>
      addedRule(
        'nat',
        `-A OUTPUT -p tcp --dport ${port} -m owner ! --uid-owner ${ENVOY_UID} -j REDIRECT --to-ports ${PORTS.listener}`,
      ),
    ),
    why: 'a program is confined, whatever its environment says',
    kills: [
      'curl goes straight to a host that no_proxy names',
      'undici goes straight to a host that no_proxy names',
      'curl goes straight to what is below a domain that no_proxy names',
      'undici goes straight to what is below a domain that no_proxy names',
      'curl goes straight everywhere while no_proxy is a star',
      'undici goes straight everywhere while no_proxy is a star',
      'curl is not confined: without an environment it goes straight',
      'undici is not confined: without an environment it goes straight',
      'curl is refused while Envoy is stopped, but not where no_proxy says to go straight',
      'undici is refused while Envoy is stopped, but not where no_proxy says to go straight',
      'HTTP_PROXY in capitals is nothing to curl, and a proxy to undici',
      'what goes through a tunnel reaches the upstream as it was sent',
      'a tunnel does not carry a half-close: who ends its sending side gets no answer any more',
    ],
  },
  'Envoy keeps the server header of the upstream': {
    fault: config({ add: { [`${AT.http}.server_header_transformation`]: 'PASS_THROUGH' } }),
    why: 'Envoy names itself by default only',
    kills: [
      'curl sends its http_proxy the whole URL, and Envoy finds the target by its name',
      'undici sends its http_proxy the whole URL, and Envoy finds the target by its name',
      "a tunnel opens with Envoy's own 200 OK, which has no body",
    ],
  },
  'Envoy has no virtual host for itself': {
    fault: [
      config({ set: { [`${VIRTUAL_HOSTS}.0.domains`]: ['proxy.test'] } }),
      addedRule(
        'filter',
        `-A OUTPUT -p tcp --dport ${PORTS.listener} -m owner --uid-owner ${ENVOY_UID} -j REJECT --reject-with tcp-reset`,
      ),
    ],
    why: 'it calls itself, which a guard refuses',
    kills: ['a request that names the proxy itself is answered by it: 421, not sent round and round'],
  },
  'a firewall swallows what refuses a connection': {
    fault: addedRule('filter', `-A OUTPUT -p tcp --sport ${PORTS.listener} --tcp-flags RST RST -j DROP`),
    why: 'silence is not a refusal',
    kills: [
      'curl is refused while Envoy is stopped, but not where no_proxy says to go straight',
      'undici is refused while Envoy is stopped, but not where no_proxy says to go straight',
    ],
  },
  'a firewall swallows what refuses Envoy': {
    fault: addedRule('filter', '-A INPUT -p tcp --sport 5000 --tcp-flags RST RST -j DROP'),
    why: 'Envoy waits for a connection until its own time is over',
    kills: ['a tunnel to an upstream that is down is 503 UF'],
  },
};
