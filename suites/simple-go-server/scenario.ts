import { PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const RULE = { secondPort: 'redirect a second port to the served port' } as const;

export const simpleGoServer = scenario({
  slug: 'simple-go-server',
  task: 'forward',
  tags: ['headers', 'redirect'],
  title: 'Upstream without Envoy, with a redirected second port',
  requirement:
    'The upstream returns the expected responses without Envoy, and a REDIRECT rule on its own host makes it reachable from other hosts on a second port.',
  purpose:
    'Shows the upstream of the other chapters without Envoy: its responses, its shutdown, and a second port opened by a REDIRECT rule.',
  origin: {
    chapter: 'simple-go-server',
    changed:
      "A program of this harness behaves like the original's Go server, and also names itself in every response and reports the requests that it received. The original waits 5 s for a request and 15 s for the next one, an upstream of its own 0.1 s here; others wait without end, so that a busy machine does not close their connections. After a signal, the original serves open connections for up to 30 s; here they stay open until their next response. The original's REDIRECT rule names the interface (`-i eth0`), ours any.",
  },
  topology: sameHost({
    upstreams: {
      upstream: {
        port: PORTS.upstream,
        netfilter: `
          *nat
          -A PREROUTING -p tcp --dport ${PORTS.listener} -m comment --comment "${RULE.secondPort}" -j REDIRECT --to-ports ${PORTS.upstream}
          COMMIT`,
      },
      impatient: { port: PORTS.upstream, idle: { requestMs: 100, connectionMs: 100 } },
    },
  }),
  needs: ['redirect', 'conntrack'],
});
