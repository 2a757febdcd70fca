import type { Action, CheckRequest, RequestTls } from '../check/request.ts';
import { coded } from '../check/requests/draft.ts';
import { ADDRESSES, endOf } from '../constants/addresses.ts';
import { checkScript, type Script, type Step } from '../exchange/script.ts';
import type { RawHeader } from '../exchange/wire.ts';
import { messageOf, UsageError } from '../util/errors.ts';
import { given } from '../util/given.ts';
import { unknownName } from '../util/suggestion.mjs';
import { filledText } from './written-text.ts';

/** The lines of one request, and its number of the first one. */
interface Block {
  title: string;
  lines: { text: string; number: number }[];
}

type Directives = Map<string, { value: string; number: number }>;

const DIRECTIVES = [
  ...[
    'name',
    'from',
    'listener',
    'tls',
    'sni',
    'alpn',
    'client-certificate',
    'preamble',
    'cluster',
    'services',
    'upstreams',
  ],
  ...['user', 'expect', 'no-host', 'body'],
];

/** The default ports of URLs. */
const PORTS = { http: '80', https: '443' } as const;

/**
 * Reads an `.http` file in the form of REST clients: `###` between requests, a request line, headers,
 * an empty line and the body; `# @listener 8443` and its like say what HTTP does not.
 *
 * @param listener the port of requests that name none
 * @throws UsageError with file and line
 */
export function readRequests(text: string, file: string, listener?: number): CheckRequest[] {
  const variables = new Map<string, string>();
  const requests = blocksOf(text, variables).flatMap((block) => {
    let at = block.lines[0]?.number ?? 0;
    try {
      return requestOf(block, { file, variables, listener, reads: (number) => (at = number) }) ?? [];
    } catch (error) {
      throw new UsageError(`${file}:${at}: ${messageOf(error).replaceAll(/\s*\n\s*/g, ' ')}`);
    }
  });
  return coded(requests);
}

/** Splits a file at `###`; lines `@name = value` define variables. */
function blocksOf(text: string, variables: Map<string, string>): Block[] {
  const blocks: Block[] = [{ title: '', lines: [] }];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, title] = /^###(.*)$/.exec(line) ?? [];
    const [, name, value = ''] = /^@([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (title !== undefined) blocks.push({ title: title.trim(), lines: [] });
    else if (name !== undefined) variables.set(name, value);
    else blocks.at(-1)?.lines.push({ text: line, number: index + 1 });
  }
  return blocks;
}

interface Reading {
  file: string;
  variables: Map<string, string>;
  listener: number | undefined;
  /** Is called with the number of each line that is read. */
  reads: (line: number) => void;
}

type Uncoded = Omit<CheckRequest, 'code' | 'title'> & { title?: string };

function requestOf({ title, lines }: Block, reading: Reading): Uncoded | undefined {
  const { file, variables, reads } = reading;
  const directives: Directives = new Map();
  const head: { text: string; number: number }[] = [];
  const rest = [...lines];
  for (let line = rest.shift(); line; line = rest.shift()) {
    reads(line.number);
    const [, name, value = ''] = /^(?:#|\/\/)\s*@([\w-]+)\s*(.*?)\s*$/.exec(line.text) ?? [];
    if (name !== undefined) {
      if (!DIRECTIVES.includes(name)) throw new Error(unknownName('directive', name, DIRECTIVES));
      directives.set(name, { value: filledText(value, variables), number: line.number });
    } else if (/^(#|\/\/)/.test(line.text)) continue;
    else if (line.text.trim() !== '') head.push({ ...line, text: filledText(line.text, variables) });
    else if (head.length > 0) break;
  }
  const [first, ...others] = head;
  if (!first) {
    if (directives.size > 0) throw new Error('the directives have no request line after them');
    return undefined;
  }
  reads(first.number);
  const body = filledText(
    rest
      .map(({ text }) => text)
      .join('\n')
      .replace(/\n+$/, ''),
    variables,
  );
  const read = actionOf(first.text, others, { directives, body, reads });
  reads(first.number);
  const from = `${file}:${first.number}`;
  const name = directives.get('name')?.value ?? (title === '' ? undefined : title);
  return {
    ...{ from, action: read.action, address: addressOf(directives, read.port ?? reading.listener) },
    ...given({ title: name, tls: tlsOf(directives, read.tls), circumstances: circumstancesOf(directives) }),
    ...given({ preamble: jsonText(directives, 'preamble'), uid: numberOf(directives, 'user') }),
    ...given({ expect: numberOf(directives, 'expect'), cluster: directives.get('cluster')?.value }),
  };
}

interface Parts {
  directives: Directives;
  body: string;
  reads: Reading['reads'];
}

/** An action, and what its URL says of the connection. */
interface ReadAction {
  action: Action;
  port?: number;
  tls?: RequestTls;
}

function actionOf(first: string, lines: Block['lines'], { directives, body, reads }: Parts): ReadAction {
  if (first === 'UDP')
    return { action: { kind: 'udp', payload: jsonOf(lines[0]?.text ?? '', isText, 'a JSON string') } };
  if (first === 'BYTES') {
    const steps = lines.map(({ text, number }): Step => {
      reads(number);
      return jsonOf(text, isStep, 'a step, such as {"send": "PING\\r\\n"}');
    }) satisfies Script;
    checkScript(steps);
    return { action: { kind: 'bytes', steps } };
  }
  const headers = lines.map(({ text, number }): RawHeader => {
    reads(number);
    const colon = text.indexOf(':');
    if (colon < 1) throw new Error(`${JSON.stringify(text)} is no header; expected "name: value"`);
    return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  });
  const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
  const own = headers.filter((header) => header !== hosts[0]);
  const [, method, target, version] = /^(\S+)\s+(\S.*?)(?:\s+HTTP\/([\d.]+))?$/.exec(first) ?? [];
  if (method === undefined || target === undefined)
    throw new Error(`${JSON.stringify(first)} is no request line; expected "GET /path HTTP/1.1"`);
  const url = hosts.length === 0 ? urlOf(target) : undefined;
  const host = hosts[0]?.[1] ?? url?.host;
  if (host === undefined && !directives.has('no-host'))
    throw new Error('the request has no Host header; add one, or "# @no-host" to send none');
  const place = { target: url?.target ?? target, headers: own };
  const connection = given({ port: url?.port, tls: url?.tls });
  if (method === 'WEBSOCKET') return { action: { kind: 'websocket', ...place, host: host ?? '' }, ...connection };
  const sent = jsonText(directives, 'body') ?? (body === '' ? undefined : body);
  const protocol = protocolOf(version);
  return { action: { kind: 'http', method, ...place, protocol, ...given({ host, body: sent }) }, ...connection };
}

function urlOf(target: string): { target: string; host: string; port: number; tls?: RequestTls } | undefined {
  const [, scheme, host, path = ''] = /^(https?|wss?):\/\/([^/?#]+)(.*)$/.exec(target) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const secure = scheme === 'https' || scheme === 'wss';
  const [, name = host, port = PORTS[secure ? 'https' : 'http']] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return {
    target: path.startsWith('/') ? path : `/${path}`,
    host,
    port: Number(port),
    ...(secure && { tls: { sni: name } }),
  };
}

function protocolOf(version = '1.1'): 'http/1.0' | 'http/1.1' | 'h2' {
  if (version === '1.0' || version === '1.1') return `http/${version}`;
  if (version === '2' || version === '2.0') return 'h2';
  throw new Error(`HTTP/${version} cannot be sent; expected HTTP/1.0, HTTP/1.1 or HTTP/2`);
}

function addressOf(directives: Directives, port: number | undefined): string {
  const written = directives.get('listener')?.value ?? (port === undefined ? undefined : `${port}`);
  if (written === undefined)
    throw new Error('the request names no listener; add "# @listener 8443", or a URL with a port');
  if (/^\d+$/.test(written)) return `${ADDRESSES.towardsDownstream.ipv4}:${written}`;
  if (endOf(written).port > 0) return written;
  throw new Error(`listener ${JSON.stringify(written)}: expected a port or address:port`);
}

function tlsOf(directives: Directives, ofUrl: RequestTls | undefined): RequestTls | undefined {
  const sni = directives.get('sni')?.value;
  const alpn = directives.get('alpn')?.value.split(/[\s,]+/);
  const certificate = directives.get('client-certificate')?.value;
  const clientCertificate = certificate === undefined ? undefined : certificate !== 'false';
  const own = given({ sni, alpn, clientCertificate });
  return directives.has('tls') || Object.keys(own).length > 0 || ofUrl ? { ...ofUrl, ...own } : undefined;
}

function circumstancesOf(directives: Directives): CheckRequest['circumstances'] {
  const services = oneOf(directives, 'services', ['allow', 'deny']);
  const upstreams = oneOf(directives, 'upstreams', ['down', 'slow', 'reset']);
  return services === undefined && upstreams === undefined ? undefined : given({ services, upstreams });
}

function oneOf<T extends string>(directives: Directives, name: string, known: T[]): T | undefined {
  const value = directives.get(name)?.value;
  const found = known.find((each) => each === value);
  if (value !== undefined && found === undefined)
    throw new Error(`@${name} ${JSON.stringify(value)}: expected ${known.join(' or ')}`);
  return found;
}

function numberOf(directives: Directives, name: string): number | undefined {
  const value = directives.get(name)?.value;
  if (value !== undefined && !/^\d+$/.test(value))
    throw new Error(`@${name} ${JSON.stringify(value)}: expected a number`);
  return value === undefined ? undefined : Number(value);
}

function jsonText(directives: Directives, name: string): string | undefined {
  const value = directives.get(name)?.value;
  return value === undefined ? undefined : jsonOf(value, isText, 'a JSON string');
}

function jsonOf<T>(text: string, is: (value: unknown) => value is T, expected: string): T {
  try {
    const value: unknown = JSON.parse(text);
    if (is(value)) return value;
  } catch {
    // The error below names the text.
  }
  throw new Error(`${text}: expected ${expected}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isStep(value: unknown): value is Step {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
