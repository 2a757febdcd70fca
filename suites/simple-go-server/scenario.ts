import { PORTS } from '../../helpers/constants/ports.ts';
import { sameHost, scenario } from '../../helpers/scenario/scenario.ts';

export const RULE = { alias: 'a second port for the one that is served' } as const;

export const simpleGoServer = scenario({
  slug: 'simple-go-server',
  task: 'forward',
  tags: ['headers', 'redirect'],
  title: 'The upstream by itself, and a second port for it',
  requirement:
    'The upstream keeps its contract with nothing in between, and a REDIRECT on its own host gives who calls from elsewhere a second port.',
  purpose:
    'The upstream of the other chapters, met without any Envoy: what it answers, and how a rule gives it a second port.',
  origin: {
    chapter: 'simple-go-server',
    changed:
      "A program of this harness keeps the contract of the original's Go server, names itself in every reply and tells what it received.",
  },
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
