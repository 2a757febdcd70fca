import type { AuthzAnswer, CheckResponse, HeaderValueOption } from '../exchange/stub-calls.ts';
import { allow, deny } from './answers.ts';

/** How the answers of an authorization stub differ from the configured ones. */
export interface AuthzFault {
  /** Allows requests that it should refuse or answer with an error. Where it should be silent, clients may leave first. */
  refusesNothing?: true;
  /** Refuses every request. */
  allowsNothing?: true;
  /** Fields that it omits, by the end of their path: `append`, `ok_response.headers`. */
  loses?: string[];
  /** Sets `append: true` on every header. */
  appends?: true;
}

/** The answer that a stub with a fault returns instead of the configured one. */
export function faulty(answer: AuthzAnswer, fault: AuthzFault): AuthzAnswer {
  if (fault.allowsNothing) return deny();
  if (fault.refusesNothing && !allows(answer) && !('silence' in answer)) return allow();
  if (!('response' in answer)) return answer;
  const left = without(answer.response, fault.loses ?? []) as CheckResponse;
  return { ...answer, response: fault.appends ? appending(left) : left };
}

function allows(answer: AuthzAnswer): boolean {
  return 'identity' in answer || ('response' in answer && (answer.response.status?.code ?? 0) === 0);
}

/** A message without the fields whose path has one of these ends, at any depth. */
function without(message: unknown, ends: string[], at = ''): unknown {
  if (Array.isArray(message)) return message.map((each) => without(each, ends, at));
  if (typeof message !== 'object' || message === null) return message;
  const fields = Object.entries(message).map(([name, value]) => ({ name, value, path: `${at}.${name}` }));
  const kept = fields.filter(({ path }) => !ends.some((end) => path.endsWith(`.${end}`)));
  return Object.fromEntries(kept.map(({ name, value, path }) => [name, without(value, ends, path)]));
}

function appending({ ok_response, denied_response, ...response }: CheckResponse): CheckResponse {
  const all = (headers?: HeaderValueOption[]) =>
    headers ? { headers: headers.map((each) => ({ ...each, append: { value: true } })) } : {};
  return {
    ...response,
    ...(ok_response && { ok_response: { ...ok_response, ...all(ok_response.headers) } }),
    ...(denied_response && { denied_response: { ...denied_response, ...all(denied_response.headers) } }),
  };
}
