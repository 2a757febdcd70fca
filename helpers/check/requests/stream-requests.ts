import { given } from '../../util/given.ts';
import { changedTls, type Draft, through } from './draft.ts';
import type { Entry } from './listeners.ts';

/** Commands of Redis, first the most usual one. */
const REDIS: [name: string, command: string][] = [
  ['GET', '*2\r\n$3\r\nGET\r\n$5\r\ncheck\r\n'],
  ['SET', '*3\r\n$3\r\nSET\r\n$5\r\ncheck\r\n$1\r\n1\r\n'],
  ['PING', '*1\r\n$4\r\nPING\r\n'],
  ['an unknown command', '*1\r\n$7\r\nUNKNOWN\r\n'],
];

/** Requests of an entry without HTTP. */
export function streamRequests(entry: Entry): Draft[] {
  const base = { ...through(entry), from: `listener ${entry.listener}` };
  if (entry.udp) return [{ group: 'route', ...base, action: { kind: 'udp', payload: 'check' } }];
  const usual = usualOf(entry);
  const [first] = usual;
  if (!first) return [];
  const { action } = first;
  const unsecured = { from: base.from, address: base.address, ...given({ preamble: base.preamble }) };
  return [
    ...usual.map((each, index): Draft => ({ group: index === 0 ? 'route' : 'variant', ...base, ...each })),
    { group: 'circumstances', ...base, ...first, circumstances: { upstreams: 'down' } },
    { group: 'circumstances', ...base, ...first, circumstances: { upstreams: 'reset' } },
    ...(entry.tls
      ? ([
          ...entry.otherNames.slice(0, MOST_NAMES).map(
            (sni): Draft => ({
              group: 'variant',
              ...base,
              ...first,
              how: `for SNI ${sni}`,
              ...changedTls(entry, { sni }),
            }),
          ),
          { group: 'protocol', ...unsecured, action, how: 'without TLS' },
          {
            group: 'protocol',
            ...base,
            ...first,
            how: 'with an unknown SNI',
            ...changedTls(entry, { sni: 'unknown.invalid' }),
          },
        ] satisfies Draft[])
      : []),
  ];
}

const MOST_NAMES = 3;
const SENT = 'check\r\n';

type Usual = Pick<Draft, 'action'> & Partial<Pick<Draft, 'how'>>;

/** What the filters of an entry are made for. */
function usualOf(entry: Entry): Usual[] {
  if (entry.filters.at(-1)?.type === 'RedisProxy')
    return REDIS.map(([name, command]) => ({
      how: `of ${name}`,
      action: bytes(command),
    }));
  return [{ action: bytes(SENT) }];
}

/**
 * Sends bytes and ends after an answer: an end that comes with the bytes may overtake them in listener
 * filters, and Redis ends a connection where its half ends, before the reply.
 */
function bytes(send: string): Draft['action'] {
  return { kind: 'bytes', steps: [{ send }, { untilBytes: 1 }, { end: true }] };
}
