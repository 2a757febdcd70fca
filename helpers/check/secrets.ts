/** Texts that no output may contain, and what stands for them. */
export interface Secrets {
  /** Values of variables by name: `${NAME}` stands for them. */
  variables: Record<string, string>;
  /** Private keys, secrets of a config, contents of files. */
  texts: readonly string[];
}

const HIDDEN = '<secret>';

/** A shorter text occurs by chance: a port, a word. */
const SHORTEST = 4;

/** A line of a longer secret, such as a private key, is a secret too. */
const SHORTEST_LINE = 16;

/** Headers whose values no output shows. */
const SECRET_HEADERS =
  /^(proxy-)?authorization$|^(set-)?cookie$|api-?key|token|secret|password|^x-amz-security|signature/i;

/** Whether the values of a header are secrets. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADERS.test(name);
}

/** Secrets by their form, wherever they come from. */
const FORMS: [form: RegExp, name: string][] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '<private key>'],
  [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g, '<token>'],
  // The password of a URL, and a long token in its place.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'<>]*:)(?!<)[^\s/@"'<>]+(?=@)/gi, '$1<secret>'],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/:@"'<>]{16,}(?=@)/gi, '$1<secret>'],
  // A challenge (`Bearer realm="…"`) holds no secret.
  [/\b(Bearer|Basic|Negotiate|Digest) +(?!<|\w+=\\?")[\w.~+/=-]{4,}/gi, '$1 <secret>'],
  [/("(?:d|p|q|dp|dq|qi|k)" ?: ?")[\w-]{20,}"/g, '$1<secret>"'],
  [
    /\b((?:proxy-)?authorization|x-api-key|api-key|x-auth-token|cookie|set-cookie|password|passwd|client_secret|access_token|refresh_token|id_token)(["']?\s*[:=]\s*["']?|",\s*")(?!<|(?:Bearer|Basic|Negotiate|Digest) )[^\s"',;&}]+/gi,
    '$1$2<secret>',
  ],
];

/** Replaces secrets in one text. */
export function maskText(text: string, secrets: Secrets): string {
  return maskerOf(secrets)(text);
}

/** A value with the secrets in all its texts and names of fields replaced. */
export function maskSecrets<T>(value: T, secrets: Secrets): T {
  const hide = maskerOf(secrets);
  const masked = (each: unknown): unknown => {
    if (typeof each === 'string') return hide(each);
    if (Array.isArray(each)) return each.map(masked);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([key, item]) => [hide(key), masked(item)]));
  };
  return masked(value) as T;
}

function maskerOf(secrets: Secrets): (text: string) => string {
  const all = [...replacements(secrets), ...FORMS];
  return (text) => all.reduce((masked, [secret, name]) => masked.replaceAll(secret, name), text);
}

/** What to replace, longest first: one secret can be a part of another. */
function replacements({ variables, texts }: Secrets): [secret: string, name: string][] {
  const pairs = [
    ...Object.entries(variables).flatMap(([name, value]) =>
      formsOf(value).map((form) => [form, `\${${name}}`] as const),
    ),
    ...texts.flatMap(formsOf).map((form) => [form, HIDDEN] as const),
  ];
  const unique = new Map<string, string>();
  for (const [secret, name] of pairs) if (!unique.has(secret)) unique.set(secret, name);
  return [...unique].sort(([x], [y]) => y.length - x.length);
}

/** A secret as it occurs in texts: as it is, line by line, on one line, escaped, and encoded. */
function formsOf(secret: string): string[] {
  const text = secret.trim();
  if (text.length < SHORTEST || /^\d{1,5}$/.test(text) || /^(true|false|null|none)$/i.test(text)) return [];
  const lines = text.split('\n').map((line) => line.trim());
  const long = lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE && !/^-----/.test(line)) : [];
  const encoded = [Buffer.from(text).toString('base64').replace(/=+$/, ''), encodeURIComponent(text)];
  const escaped = JSON.stringify(text).slice(1, -1);
  return [...new Set([text, escaped, text.replaceAll(/\s+/g, ' '), ...long, ...encoded])];
}
