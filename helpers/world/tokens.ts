import { type JsonObject, objectAt, textAt } from '../util/json.ts';
import { jwksOf, type SigningKey, signedJwt } from '../util/jwt.ts';
import { isOf, messagesIn } from './messages.ts';
import { requiredClaims } from './required-claims.ts';

/** The keys that sign tokens for a config, where Envoy finds them, and the tokens. */
export interface Tokens {
  /** A token for each provider, by its name. */
  byProvider: Record<string, string>;
  /** The key set by cluster and path. */
  keySets: { cluster: string; path: string; body: string }[];
  /** The key set by file. */
  files: Record<string, string>;
  /** Providers without a token. */
  unsigned: { provider: string; why: string }[];
}

const YEAR_S = 365 * 24 * 60 * 60;

/** Signs a token for every JWT provider whose key set the lab can serve. */
export function tokensOf(values: JsonObject[], key: () => SigningKey, nowS: number): Tokens {
  const tokens: Tokens = { byProvider: {}, keySets: [], files: {}, unsigned: [] };
  const required = requiredClaims(values);
  const filters = values.flatMap((value) => messagesIn(value).filter((message) => isOf(message, 'JwtAuthentication')));
  for (const { body } of filters) {
    for (const [name, provider] of Object.entries(objectAt(body, 'providers') ?? {})) {
      const keySet = keySetOf(objectAt({ provider }, 'provider') ?? {});
      if ('why' in keySet) tokens.unsigned.push({ provider: name, why: keySet.why });
      else {
        const signing = key();
        const body = jwksOf([signing]);
        if ('file' in keySet) tokens.files[keySet.file] = body;
        else tokens.keySets.push({ ...keySet, body });
        const claims = required[textAt(provider, 'payload_in_metadata') ?? ''] ?? {};
        tokens.byProvider[name] = signedJwt(
          { ...claimsOf(objectAt({ provider }, 'provider') ?? {}, nowS), ...claims },
          signing,
        );
      }
    }
  }
  return tokens;
}

function keySetOf(provider: JsonObject): { cluster: string; path: string } | { file: string } | { why: string } {
  const uri = textAt(provider, 'remote_jwks', 'http_uri', 'uri');
  const cluster = textAt(provider, 'remote_jwks', 'http_uri', 'cluster');
  if (uri !== undefined && cluster !== undefined) return { cluster, path: pathOf(uri) };
  const file = textAt(provider, 'local_jwks', 'filename');
  if (file !== undefined) return { file };
  return { why: 'its key set is part of the config, and the private key is not known: no valid token was sent' };
}

/** The path and query of a URI. */
function pathOf(uri: string): string {
  return /^(?:\w+:\/\/)?[^/]*(\/.*)?$/.exec(uri)?.[1] ?? '/';
}

function claimsOf(provider: JsonObject, nowS: number): Record<string, unknown> {
  const issuer = textAt(provider, 'issuer');
  const { audiences } = provider;
  const [audience] = Array.isArray(audiences) ? audiences : [];
  const subject = textAt(provider, 'subjects', 'exact');
  return {
    ...(issuer ? { iss: issuer } : {}),
    ...(audience === undefined ? {} : { aud: audience }),
    sub: subject ?? 'check',
    iat: nowS,
    exp: nowS + YEAR_S,
  };
}
