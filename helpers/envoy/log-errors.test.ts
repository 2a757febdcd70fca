import { expect, test } from 'vitest';
import { errorsIn } from './log-errors.ts';

const INFO = `[2026-11-28 08:15:32.001703][98][info][main] [source/server/server.cc:465] statically linked extensions:
[2026-11-28 08:15:32.001709][98][info][main] [source/server/server.cc:467]   envoy.upstreams: envoy.filters.connection_pools.tcp.generic
`;

const critical = (message: string): string =>
  `${INFO}[2026-11-28 08:15:32.1][98][critical][main] [server.cc:449] ${message}`;

const CONFIG = `' admin: { address: {} }\nstatic_resources:\n  listeners: []\n'`;

test.each([
  [
    critical(`error \`malformed IP address: x\` initializing config ${CONFIG}\nmalformed IP address: x\n`),
    'malformed IP address: x',
  ],
  [
    critical(
      `error \`Unable to parse JSON as proto (no @type 'a.B'): {"admin":{}}\` initializing config ${CONFIG}\nUnable`,
    ),
    "Unable to parse JSON as proto (no @type 'a.B')",
  ],
  [
    critical('error `offset   190: no   such   field` initializing config '),
    'error `offset 190: no such field` initializing config',
  ],
  [
    critical("cannot bind '0.0.0.0:4999': Address already in use"),
    "cannot bind '0.0.0.0:4999': Address already in use",
  ],
  [INFO, ''],
])('only critical and error messages are kept of a log (%#)', (log, error) => {
  expect(errorsIn(log)).toBe(error);
});
