import { ADDRESSES } from '../../constants/addresses.ts';
import { isObject, type JsonObject, objectAt, objectsOf, textAt } from '../../util/json.ts';
import { type HttpAction, withHeaders } from './draft.ts';
import { inRange } from './listeners.ts';
import { sentValue } from './router.ts';
import { headerMatches, headerValue, matchingText, textMatches } from './string-match.ts';

/** A request that a policy of RBAC accepts, and what else it needs. */
export interface Accepted {
  action: HttpAction;
  /** Whether the downstream has to present a certificate. */
  certificate?: boolean;
}

/**
 * Changes a request so that a policy accepts it; undefined where none is known.
 *
 * @param fixed whether path, host and method must stay
 */
export function acceptedBy(policy: JsonObject, action: HttpAction, fixed = false): Accepted | undefined {
  let accepted: Accepted | undefined = { action };
  for (const alternatives of [objectsOf(policy.permissions), objectsOf(policy.principals)]) {
    const before: Accepted = accepted;
    accepted = alternatives.map((rule) => meeting(rule, before, fixed)).find((met) => met !== undefined);
    if (!accepted) return undefined;
  }
  return accepted;
}

/** A request that meets a Permission or a Principal. */
function meeting(rule: JsonObject, before: Accepted, fixed: boolean): Accepted | undefined {
  if (rule.any === true) return before;
  const all = objectAt(rule, 'and_rules') ?? objectAt(rule, 'and_ids');
  if (all)
    return objectsOf(all.rules ?? all.ids).reduce<Accepted | undefined>(
      (met, part) => met && meeting(part, met, fixed),
      before,
    );
  const any = objectAt(rule, 'or_rules') ?? objectAt(rule, 'or_ids');
  if (any)
    return objectsOf(any.rules ?? any.ids)
      .map((part) => meeting(part, before, fixed))
      .find((met) => met);
  const negated = objectAt(rule, 'not_rule') ?? objectAt(rule, 'not_id');
  if (negated) return isMet(negated, before) === false ? before : undefined;
  if (isMet(rule, before) === true) return before;
  if (isObject(rule.header)) return withHeader(rule.header, before, fixed);
  const path = objectAt(rule, 'url_path', 'path');
  if (path && !fixed) {
    const target = matchingText(path, (text) => text.startsWith('/'));
    return target?.startsWith('/') ? { ...before, action: { ...before.action, target } } : undefined;
  }
  if (isObject(rule.authenticated)) return { ...before, certificate: true };
  // The world's tokens have the claims that policies look for.
  if (textAt(rule, 'metadata', 'filter') === 'envoy.filters.http.jwt_authn') return before;
  return undefined;
}

/** Whether a request meets a rule without a change; undefined where that is not known. */
function isMet(rule: JsonObject, { action }: Accepted): boolean | undefined {
  if (rule.any === true) return true;
  const { header } = rule;
  if (isObject(header)) return headerMatches(header, sentValue(action, textAt(header, 'name') ?? ''));
  const path = objectAt(rule, 'url_path', 'path');
  if (path) return textMatches(path, action.target.split(/[?#]/)[0] ?? '');
  const range = objectAt(rule, 'direct_remote_ip') ?? objectAt(rule, 'remote_ip') ?? objectAt(rule, 'source_ip');
  if (range) return inRange(ADDRESSES.downstream.ipv4, range);
  return undefined;
}

function withHeader(matcher: JsonObject, before: Accepted, fixed: boolean): Accepted | undefined {
  const name = textAt(matcher, 'name') ?? '';
  const value = headerValue(matcher);
  if (value === undefined) return undefined;
  const { action } = before;
  if (value === null) {
    const headers = action.headers.filter(([key]) => key.toLowerCase() !== name.toLowerCase());
    return { ...before, action: { ...action, headers } };
  }
  if (!name.startsWith(':') && name !== 'host') return { ...before, action: withHeaders(action, [[name, value]]) };
  if (fixed) return undefined;
  if (name === ':method') return { ...before, action: { ...action, method: value } };
  if (name === ':path') return value.startsWith('/') ? { ...before, action: { ...action, target: value } } : undefined;
  if (name === ':authority' || name === 'host') return { ...before, action: { ...action, host: value } };
  return undefined;
}
