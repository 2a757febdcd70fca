import { createHash } from 'node:crypto';
import type { RawHeader } from '../../exchange/wire.ts';
import { given } from '../../util/given.ts';
import type { Action, CheckRequest, Circumstances, RequestTls } from '../request.ts';
import type { Entry } from './listeners.ts';

/** What a request shows; requests are sent in turns of these groups. */
export type Group = 'route' | 'policy' | 'circumstances' | 'protocol' | 'unusual' | 'variant';

/** A request that is derived, before it has its code and its title. */
export interface Draft extends Omit<CheckRequest, 'code' | 'title'> {
  group: Group;
  /** What its title adds: `over HTTP/2`. */
  how?: string;
}

export type HttpAction = Extract<Action, { kind: 'http' }>;

/** The parts of a draft that come from the way into Envoy. */
export function through({ address, tls, proxyProtocol }: Entry): Pick<Draft, 'address' | 'tls' | 'preamble'> {
  return { address, ...given({ tls, preamble: proxyProtocol ? PROXY_HEADER : undefined }) };
}

const PROXY_HEADER = 'PROXY TCP4 203.0.113.10 203.0.113.20 40000 443\r\n';

/** The requests of drafts, each with its code and its title; of drafts that send the same, the first one stays. */
export function finished(drafts: Draft[]): CheckRequest[] {
  const seen = new Set<string>();
  return coded(
    drafts.flatMap((draft) => {
      const { group, how, ...sent } = draft;
      const key = digest(sent);
      if (seen.has(key)) return [];
      seen.add(key);
      return { ...sent, title: titleOf(draft) };
    }),
  );
}

/** Gives each request a code and a title of its own, which stay the same as long as it sends the same. */
export function coded(requests: (Omit<CheckRequest, 'code' | 'title'> & { title?: string })[]): CheckRequest[] {
  const codes = new Map<string, number>();
  const titles = new Map<string, number>();
  return requests.map((request) => {
    const { title = titleOf(request), ...sent } = request;
    return {
      code: numbered(`r-${digest(sent)}`, codes, (code, count) => `${code}-${count}`),
      title: numbered(title, titles, (text, count) => `${text} (${count})`),
      ...sent,
    };
  });
}

/** A text that the map does not have yet. */
function numbered(text: string, seen: Map<string, number>, named: (text: string, count: number) => string): string {
  const count = (seen.get(text) ?? 0) + 1;
  seen.set(text, count);
  return count === 1 ? text : named(text, count);
}

/** Six digits of what is sent; the place in a file and the expected status are no part of it. */
function digest({ from, expect, ...sent }: Omit<CheckRequest, 'code' | 'title'>): string {
  return createHash('sha256').update(canonical(sent)).digest('hex').slice(0, 6);
}

/** JSON text with sorted keys: the order in which fields are written does not change a code. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** `GET api.example.com/users on 8443 over HTTP/2, upstreams down`. */
export function titleOf({
  action,
  address,
  how,
  tls,
  circumstances,
  uid,
}: Omit<CheckRequest, 'code' | 'title'> & { how?: string }): string {
  const port = /^(127\.|\[::1\])/.test(address) ? address : address.slice(address.lastIndexOf(':') + 1);
  const parts = [
    `${opening(action)} on ${port}`,
    ...(how === undefined ? [] : [how]),
    ...(tls && action.kind === 'bytes' ? [`over TLS${tls.sni === undefined ? '' : ` for ${tls.sni}`}`] : []),
    ...(uid === undefined ? [] : [`as uid ${uid}`]),
  ].join(' ');
  const around = circumstanceWords(circumstances);
  return around === '' ? parts : `${parts}, ${around}`;
}

function opening(action: Action): string {
  if (action.kind === 'udp') return 'datagram';
  if (action.kind === 'bytes') return 'bytes';
  if (action.kind === 'websocket') return `WebSocket ${action.host}${action.target}`;
  const { method, host, target } = action;
  return target.startsWith('/') ? `${method} ${host ?? ''}${shown(target)}` : `${method} ${shown(target)}`;
}

/** A long target shows its beginning. */
function shown(target: string): string {
  return target.length > 80 ? `${target.slice(0, 80)}…` : target;
}

function circumstanceWords({ services, upstreams }: Circumstances = {}): string {
  const words = [
    ...(services === 'deny' ? ['services deny'] : []),
    ...(upstreams === undefined ? [] : [upstreams === 'reset' ? 'upstreams reset' : `upstreams ${upstreams}`]),
  ];
  return words.join(', ');
}

/** A request with a header set, in place of lines of the same name. */
export function withHeaders(action: HttpAction, headers: RawHeader[]): HttpAction {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return { ...action, headers: [...action.headers.filter(([name]) => !names.has(name.toLowerCase())), ...headers] };
}

/** TLS with other parameters; absent where the entry has none. */
export function changedTls(entry: Entry, change: RequestTls): Pick<Draft, 'tls'> {
  return entry.tls ? { tls: { ...entry.tls, ...change } } : {};
}
