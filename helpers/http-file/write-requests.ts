import type { Action, CheckRequest } from '../check/request.ts';
import { ADDRESSES } from '../constants/addresses.ts';
import type { RawHeader } from '../exchange/wire.ts';
import { shortText } from './written-text.ts';

/** The name of HTTP versions on a request line. */
const VERSIONS = { 'http/1.0': 'HTTP/1.0', 'http/1.1': 'HTTP/1.1', h2: 'HTTP/2' } as const;

/** Requests as an `.http` file. */
export function writeRequests(requests: CheckRequest[]): string {
  return `${requests.map(written).join('\n\n')}\n`;
}

function written(request: CheckRequest): string {
  const lines = [`### ${request.title}`, ...directives(request), ...actionLines(request.action)];
  return lines.join('\n');
}

/** `# @listener 8443`, one line each. */
function directives({
  address,
  tls,
  preamble,
  cluster,
  circumstances = {},
  uid,
  expect,
  from,
  action,
}: CheckRequest): string[] {
  const { services, upstreams } = circumstances;
  const given: [name: string, value: string | undefined][] = [
    ['from', from],
    ['listener', listenerOf(address)],
    ['tls', tls ? '' : undefined],
    ['sni', tls?.sni],
    ['alpn', tls?.alpn?.join(' ')],
    ['client-certificate', tls?.clientCertificate === undefined ? undefined : `${tls.clientCertificate}`],
    ['preamble', preamble === undefined ? undefined : JSON.stringify(preamble)],
    ['cluster', cluster],
    ['services', services],
    ['upstreams', upstreams],
    ['user', uid === undefined ? undefined : `${uid}`],
    ['expect', expect === undefined ? undefined : `${expect}`],
    ['no-host', action.kind === 'http' && action.host === undefined ? '' : undefined],
  ];
  return given.flatMap(([name, value]) => (value === undefined ? [] : `# @${name} ${value}`.trimEnd()));
}

/** The port alone, where it is one of Envoy's address towards the downstream. */
function listenerOf(address: string): string {
  const start = `${ADDRESSES.towardsDownstream.ipv4}:`;
  return address.startsWith(start) ? address.slice(start.length) : address;
}

function actionLines(action: Action): string[] {
  if (action.kind === 'udp') return ['UDP', JSON.stringify(action.payload)];
  if (action.kind === 'bytes') return ['BYTES', ...action.steps.map((step) => JSON.stringify(step))];
  const host: RawHeader[] = action.host === undefined ? [] : [['Host', action.host]];
  const headers = [...host, ...action.headers].map(([name, value]) => `${name}: ${shortText(value)}`);
  if (action.kind === 'websocket') return [`WEBSOCKET ${action.target}`, ...headers];
  const { method, target, protocol, body } = action;
  const head = [`${method} ${target} ${VERSIONS[protocol]}`, ...headers];
  if (body === undefined) return head;
  const short = shortText(body);
  return isPlain(short) ? [...head, '', short] : [`# @body ${JSON.stringify(body)}`, ...head];
}

/** Whether a body is the same once it has been read: no control characters, and no line that begins a request. */
function isPlain(body: string): boolean {
  return body !== '' && body.trim() === body && !/^###/m.test(body) && !/[^\P{Cc}\n\t]/u.test(body);
}
