import { sameHost, scenario } from '../fixtures/scenario.ts';
import { PORTS } from '../helpers/ports.ts';

/** The comments of the rules, by which claims name them. */
export const RULE = {
  alias: 'a second port for the one that is served',
} as const;

export const simpleGoServer = scenario({
  slug: 'simple-go-server',
  title: 'The upstream by itself, and a second port for it',
  requirement:
    'The upstream keeps its contract with nothing in between, and a REDIRECT on its own host gives who calls from elsewhere a second port.',
  topology: sameHost({
    upstreams: {
      upstream: {
        port: PORTS.upstream,
        netfilter: `
          *nat
          -A PREROUTING -p tcp --dport ${PORTS.listener} -m comment --comment "${RULE.alias}" -j REDIRECT --to-ports ${PORTS.upstream}
          COMMIT`,
      },
    },
  }),
  needs: ['redirect', 'conntrack'],
});
