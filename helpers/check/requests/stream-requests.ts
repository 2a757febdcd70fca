import { changedTls, type Draft, through } from './draft.ts';
import type { Entry } from './listeners.ts';

/** What is sent to each kind of filter that is no HTTP, first what it is made for. */
const STREAMS: Record<string, string[]> = {
  RedisProxy: [
    '*2\r\n$3\r\nGET\r\n$5\r\ncheck\r\n',
    '*3\r\n$3\r\nSET\r\n$5\r\ncheck\r\n$1\r\n1\r\n',
    '*1\r\n$4\r\nPING\r\n',
    '*1\r\n$7\r\nUNKNOWN\r\n',
  ],
};
const BYTES = ['check\r\n'];

/** Requests of an entry without HTTP. */
export function streamRequests(entry: Entry): Draft[] {
  const base = { ...through(entry), from: `listener ${entry.listener}` };
  const last = entry.filters.at(-1);
  if (entry.udp) return [{ group: 'route', ...base, action: { kind: 'udp', payload: 'check' } }];
  const texts = STREAMS[last?.type ?? ''] ?? BYTES;
  const first = texts[0] ?? '';
  const bytes = (send: string): Draft['action'] => ({ kind: 'bytes', steps: [{ send }, { end: true }] });
  const tls = entry.tls;
  return [
    ...texts.map(
      (text, index): Draft =>
        ({
          ...{ group: index === 0 ? 'route' : 'variant', ...base, action: bytes(text) },
          how: text === 'check\r\n' ? undefined : `of ${JSON.stringify(text.split('\r\n')[2] ?? text)}`,
        }) as Draft,
    ),
    {
      group: 'unusual',
      how: 'without an end',
      ...base,
      action: { kind: 'bytes', steps: [{ send: first }, { untilBytes: 1 }, { reset: true }] },
    },
    { group: 'circumstances', ...base, action: bytes(first), circumstances: { upstreams: 'down' } },
    ...(tls
      ? [
          ...entry.otherNames
            .slice(0, 3)
            .map((sni): Draft => ({ group: 'variant', ...base, action: bytes(first), ...changedTls(entry, { sni }) })),
          {
            group: 'protocol',
            how: 'without TLS',
            from: base.from,
            address: base.address,
            action: bytes(first),
          } satisfies Draft,
          {
            group: 'protocol',
            ...base,
            action: bytes(first),
            ...changedTls(entry, { sni: 'unknown.invalid' }),
          } satisfies Draft,
        ]
      : []),
  ];
}
