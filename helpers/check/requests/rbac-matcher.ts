import type { RawHeader } from '../../exchange/wire.ts';
import { type JsonObject, objectAt, objectsIn, objectsOf, textAt } from '../../util/json.ts';
import { type HttpAction, withHeaders } from './draft.ts';
import { typedConfig } from './listeners.ts';
import { sentValue } from './router.ts';
import { matchingText, textMatches } from './string-match.ts';

/**
 * Requests that meet the headers of a tree of matchers, one header at a time and all together; the given
 * one is the first.
 */
export function matcherVariants(matcher: JsonObject, action: HttpAction): HttpAction[] {
  const headers = [...objectsIn(matcher)].flatMap((predicate): RawHeader[] => {
    const name = headerOf(predicate);
    const value = matchingText(objectAt(predicate, 'value_match') ?? {});
    return name === undefined || name.startsWith(':') || value === undefined ? [] : [[name, value]];
  });
  const single = headers.map((header) => withHeaders(action, [header]));
  return [action, ...single, ...(headers.length > 1 ? [withHeaders(action, headers)] : [])];
}

/** The action of RBAC for a request: `ALLOW`, `DENY`; undefined where a matcher of another form decides. */
export function matchedAction(matcher: JsonObject, action: HttpAction): string | undefined {
  for (const each of objectsOf(objectAt(matcher, 'matcher_list')?.matchers)) {
    const met = isMet(objectAt(each, 'predicate') ?? {}, action);
    if (met === undefined) return undefined;
    if (met) return actionIn(objectAt(each, 'on_match'), action);
  }
  if (objectAt(matcher, 'matcher_tree')) return undefined;
  return actionIn(objectAt(matcher, 'on_no_match'), action) ?? 'DENY';
}

function actionIn(onMatch: JsonObject | undefined, action: HttpAction): string | undefined {
  const nested = objectAt(onMatch, 'matcher');
  if (nested) return matchedAction(nested, action);
  const config = objectAt(onMatch, 'action', 'typed_config');
  return config && (textAt(config, 'action') ?? 'ALLOW');
}

function isMet(predicate: JsonObject, action: HttpAction): boolean | undefined {
  const negated = objectAt(predicate, 'not_matcher');
  if (negated) {
    const met = isMet(negated, action);
    return met === undefined ? undefined : !met;
  }
  const [any, all] = [objectAt(predicate, 'or_matcher'), objectAt(predicate, 'and_matcher')];
  const parts = objectsOf((any ?? all)?.predicate).map((part) => isMet(part, action));
  if (any) return parts.includes(true) || (parts.includes(undefined) ? undefined : false);
  if (all) return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
  const single = objectAt(predicate, 'single_predicate') ?? {};
  const name = headerOf(single);
  if (name === undefined) return undefined;
  const value = sentValue(action, name);
  return value === undefined ? false : textMatches(objectAt(single, 'value_match') ?? {}, value);
}

/** The header that a predicate reads. */
function headerOf(predicate: JsonObject): string | undefined {
  const { type, config } = typedConfig(objectAt(predicate, 'input', 'typed_config') ?? {});
  return type === 'HttpRequestHeaderMatchInput' ? textAt(config, 'header_name') : undefined;
}
