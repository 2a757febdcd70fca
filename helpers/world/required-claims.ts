import { type Json, type JsonObject, objectAt, objectsIn, objectsOf, textAt } from '../util/json.ts';
import { isOf, messagesIn } from './messages.ts';

/** Claims that RBAC policies demand of the payload of a token, by the name of its metadata. */
export function requiredClaims(values: JsonObject[]): Record<string, Record<string, unknown>> {
  const found: Record<string, Record<string, unknown>> = {};
  const rules = values.flatMap((value) =>
    messagesIn(value).flatMap((message): JsonObject[] => {
      const rule = isOf(message, 'RBAC') ? objectAt(message.body, 'rules') : undefined;
      return rule ? [rule] : [];
    }),
  );
  // ALLOW is the default, which a dump omits.
  for (const rule of rules.filter(({ action }) => action === undefined || action === 'ALLOW')) {
    for (const metadata of demanded(rule)) {
      const [payload, ...claim] = objectsOf(metadata.path).flatMap((part) => textAt(part, 'key') ?? []);
      const value = acceptedValue(objectAt(metadata, 'value') ?? {});
      if (payload === undefined || claim.length === 0 || value === undefined) continue;
      const claims = found[payload] ?? {};
      found[payload] = claims;
      set(claims, claim, value);
    }
  }
  return found;
}

/** The metadata matchers of the payloads of tokens, outside of negations. */
function demanded(rule: Json | undefined): JsonObject[] {
  if (Array.isArray(rule)) return rule.flatMap(demanded);
  const isMetadata = (each: JsonObject): boolean => textAt(each, 'filter') === 'envoy.filters.http.jwt_authn';
  const all = [...objectsIn(rule)];
  const negated = new Set(all.flatMap(({ not_id, not_rule }) => [...objectsIn([not_id ?? null, not_rule ?? null])]));
  return all.filter((each) => isMetadata(each) && !negated.has(each) && each.invert !== true);
}

/** A value that a matcher accepts; undefined where none is obvious. */
function acceptedValue(matcher: JsonObject): unknown {
  const exact = textAt(matcher, 'string_match', 'exact');
  const prefix = textAt(matcher, 'string_match', 'prefix');
  if (exact !== undefined || prefix !== undefined) return exact ?? `${prefix}x`;
  if (typeof matcher.bool_match === 'boolean') return matcher.bool_match;
  const number = objectAt(matcher, 'double_match')?.exact;
  if (typeof number === 'number') return number;
  const one = objectAt(matcher, 'list_match', 'one_of');
  const item = one && acceptedValue(one);
  return item === undefined ? undefined : [item];
}

function set(claims: Record<string, unknown>, [name = '', ...more]: string[], value: unknown): void {
  if (more.length === 0) {
    claims[name] ??= value;
    return;
  }
  const inner = claims[name] ?? {};
  claims[name] = inner;
  if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
    set(inner as Record<string, unknown>, more, value);
}
