import type { Observation } from '../../exchange/observation.ts';

/** What Envoy decided about a request; undefined where an observation does not show it. */
export type Decision = 'allowed' | 'denied';

/** Details and flags of denials in an access log. */
const DENIED = /rbac_access_denied|ext_authz_denied|jwt_authn_access_denied|_denied\b|UAEX|UAH/;

/** Responses that deny access. A 429 is a limit and no access decision. */
const DENIALS = [401, 403, 407];

/** Whether a request was allowed or denied: an upstream that received it is the proof that it was allowed. */
export function decisionOf({ replies, received, streams, accessLog }: Observation): Decision | undefined {
  if (received.length > 0 || streams.length > 0) return 'allowed';
  if (replies.some(({ status }) => status !== undefined && DENIALS.includes(status))) return 'denied';
  const logged = accessLog.some((entry) =>
    ['response_code_details', 'response_flags', 'connection_termination_details'].some((field) =>
      DENIED.test(String(entry[field] ?? '')),
    ),
  );
  return logged ? 'denied' : undefined;
}
