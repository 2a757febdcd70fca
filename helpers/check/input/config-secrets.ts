import { isObject, type Json, type JsonObject } from '../../util/json.ts';
import { fields, snakeCase } from '../fields.ts';
import { isSecretHeader } from '../secrets.ts';

/** Fields whose text is a secret; in a data source, its text. */
const SECRET_FIELDS =
  /^(private_key|password|auth_password|secret|shared_secret|client_secret|hmac_secret|token_secret|access_token|api_key|auth_token|keys|users|session_token|secret_access_key|secrets)$|_(password|secret|token)$/;

/** `bob:PASSWORD@` before a host, with a scheme or without one; not a digest of an image. */
const USER_INFO = /(?:^|[\s"'(=,]|\/\/)[\w.%+~-]*:([^\s/:@"'()]+)@(?!sha256:)(?=[\w[])/g;

/** Data sources: where a secret's text is. */
const INLINE = ['inline_string', 'inline_bytes'];

/** The secrets that a config contains: private keys, passwords, tokens, values of headers with credentials. */
export function secretsIn(config: JsonObject): string[] {
  const found = new Set<string>();
  visit(config, false, found);
  return [...found];
}

function visit(value: Json | undefined, secret: boolean, found: Set<string>): void {
  if (typeof value === 'string') {
    if (secret && value !== '') found.add(value);
    for (const [, password = ''] of value.matchAll(USER_INFO)) found.add(password);
  } else if (Array.isArray(value)) {
    // Of a list of names, such as `keys`, nothing is secret.
    for (const item of value) visit(item, secret && isObject(item), found);
  } else if (isObject(value)) {
    const header = fields(value, 'header') ?? value;
    const key = fields(header, 'key');
    if (typeof key === 'string' && isSecretHeader(key))
      addHeader(fields(header, 'value') ?? fields(header, 'raw_value'), found);
    const matched = fields(value, 'name');
    if (typeof matched === 'string' && isSecretHeader(matched))
      for (const text of textsOf(matchersIn(value))) found.add(text);
    for (const [name, each] of Object.entries(value)) {
      const field = snakeCase(name);
      const inside =
        SECRET_FIELDS.test(field) || (secret && (INLINE.includes(field) || isObject(each) || Array.isArray(each)));
      visit(each, inside, found);
      if (inside && field === 'inline_bytes' && typeof each === 'string')
        found.add(Buffer.from(each, 'base64').toString());
    }
  }
}

/** The matchers of a header's value, without the name of the header. */
function matchersIn(header: JsonObject): Json[] {
  return Object.entries(header).flatMap(([name, each]) =>
    /_match$/.test(snakeCase(name)) && each !== undefined ? [each] : [],
  );
}

function textsOf(value: Json): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((each) => (each === undefined ? [] : textsOf(each)));
}

/** A header's value, and its credentials without the scheme; not a value that Envoy computes. */
function addHeader(value: Json | undefined, found: Set<string>): void {
  if (typeof value !== 'string' || value === '' || /^%.*%$/.test(value)) return;
  found.add(value);
  const [, credentials] = /^\w+ +(\S+)$/.exec(value) ?? [];
  if (credentials !== undefined) found.add(credentials);
}
