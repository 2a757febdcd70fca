import type { Found } from '../../compare/found.ts';

/** The words of a path, first match wins; `$1` is the first group of the expression. */
const WORDS: [path: RegExp, words: string][] = [
  [/^crashes.*/, 'Envoy crashes'],
  [/^outcome$/, 'result of the request'],
  [/^exchange$/, 'request'],
  [/^replies\[\d*\]\.status$/, 'status'],
  [/^replies\[\d*\]\.ended\b.*/, 'end of the connection'],
  [/^replies\[\d*\]\.body\b.*/, 'response body'],
  [/^replies\[\d*\]\.headers\.(\S+) in order$/, 'position of the response header $1'],
  [/^replies\[\d*\]\.headers\.(\S+?)(\[\d+\])?$/, 'response header $1'],
  [/^replies\[\d*\]\.tls\.group$/, 'TLS key exchange of the listener'],
  [/^replies\[\d*\]\.tls\.(\w+)/, 'TLS $1 of the listener'],
  [/^replies\[\d*\]\.certificate\.(\w+)/, '$1 of the listener’s certificate'],
  [/^replies\[\d*\]\.frames/, 'HTTP/2 frames of the response'],
  [/^replies\b.*/, 'response'],
  [/^received\[[^\]]*\]\.headers\.(\S+) in order$/, 'position of the request header $1 at the upstream'],
  [/^received\[[^\]]*\]\.headers\.(\S+?)(\[\d+\])?$/, 'request header $1 at the upstream'],
  [/^received\[[^\]]*\]\.tls\.groups\b.*/, 'TLS key exchange that Envoy offers upstreams'],
  [/^received\[[^\]]*\]\.tls\.(\w+)/, 'TLS $1 towards upstreams'],
  [/^received\[[^\]]*\]\.(\w+).*/, '$1 of the request at the upstream'],
  [/^received\b.*/, 'requests at the upstream'],
  [/^streams\[[^\]]*\]\.(\w+)/, '$1 of the bytes at the upstream'],
  [/^streams\b.*/, 'bytes at the upstream'],
  [/^connections\[[^\]]*\]\.(\w+)/, '$1 of the connection to the upstream'],
  [/^connections\b.*/, 'connections to the upstream'],
  [/^(checks|httpChecks)\[[^\]]*\]\.headers\.(\S+?)(\[\d+\])?$/, 'request header $2 at the authorization service'],
  [/^(checks|httpChecks)\[[^\]]*\]\.(.*)$/, 'request to the authorization service: $2'],
  [/^(checks|httpChecks|authzLog)\b.*/, 'requests to the authorization service'],
  [/^limitRequests\b.*/, 'requests to the rate limit service'],
  [/^jwksRequests\b.*/, 'requests for the JWKS'],
  [/^metadata\b.*/, 'requests for metadata'],
  [/^accessLog\[\d*\]\.(\S+)$/, 'access log field $1'],
  [/^accessLog\b.*/, 'lines of the access log'],
  [/^ownLog\b.*/, 'line of the config’s own access log'],
  [/^(sidecarLog|accessLogText)\b.*/, 'line of the access log'],
  [/^(warnings|log)\b.*/, 'message in Envoy’s log'],
  [/^inventory\.stats\.(.*)$/, 'stat $1'],
  [/^inventory\.series\.(.*)$/, 'Prometheus series envoy_$1'],
  [/^stats\.(.*)$/, 'counter $1'],
  [/^rules\b.*/, 'packets at netfilter rules'],
  [/^conntrack\b.*/, 'tracked connections'],
];

/** Names in Envoy's and the harness's data that are no words. */
const NAMES: [name: RegExp, words: string][] = [
  [/\bhttpVersion of\b/, 'HTTP version of'],
  [/\bsha256 of\b/, 'SHA-256 of'],
  [/\bservedBy of\b/, 'target of'],
];

/** The value at a path, for people: `response header server`. */
export function placeWords(path: string): string {
  for (const [expression, words] of WORDS) {
    if (!expression.test(path)) continue;
    const text = path.replace(expression, words);
    return NAMES.reduce((named, [name, other]) => named.replace(name, other), text);
  }
  return path;
}

/** The longest value in a line. */
const SHORT = 40;

/** A difference in one line: `status: 200 → 503`, `response header x-a is missing`. */
export function changeWords({ path, a, b }: Found): string {
  if (path === 'crashes' || path.startsWith('crashes[')) {
    const ends = [a, b].every(isExit) ? 'Envoy exits' : placeWords(path);
    return a === undefined || b === undefined ? ends : `${ends} differently`;
  }
  const place = placeWords(path);
  if (path.startsWith('stats.')) return `${place}: +${a ?? 0} → +${b ?? 0}`;
  if (a === undefined) return `${place} is new`;
  if (b === undefined) return `${place} is missing`;
  const [one, other] = [inLine(a), inLine(b)];
  return one.length <= SHORT && other.length <= SHORT ? `${place}: ${one} → ${other}` : `${place} differs`;
}

function inLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim() || '(empty)';
}

/** Whether an ending of Envoy is the end of its program without an error; none is, too. */
export function isExit(ending: string | undefined): boolean {
  return ending === undefined || ending === '[]' || /\bexit status 0\b/.test(ending);
}
