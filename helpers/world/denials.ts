import type { AuthzAnswer, HttpReply, RateLimitAnswer } from '../exchange/stub-calls.ts';
import { allow, deny, header, overLimit, underLimit } from '../scenario/answers.ts';

const BODY = 'denied by the service\n';

/** The answers of the services of a world: those that allow a request, and those that deny it. */
export const AUTHZ: Record<'allow' | 'deny', AuthzAnswer> = {
  allow: allow({
    headers: [header('x-authz-added', 'by the service')],
    response_headers_to_add: [header('x-authz-response', 'by the service')],
  }),
  deny: deny({
    status: { code: 403 },
    headers: [
      header('x-denied-by', 'service'),
      header('location', 'https://login.example.com/'),
      header('set-cookie', 'first=1', { append: true }),
      header('set-cookie', 'second=2', { append: true }),
    ],
    body: BODY,
  }),
};

export const HTTP_AUTHZ: Record<'allow' | 'deny', HttpReply> = {
  allow: {
    status: 200,
    headers: [
      ['x-authz-added', 'by the service'],
      ['x-authz-response', 'by the service'],
      ['x-auth-request-user', 'check'],
      ['set-cookie', 'session=1'],
    ],
    body: '',
  },
  deny: {
    status: 403,
    headers: [
      ['x-denied-by', 'service'],
      ['location', 'https://login.example.com/'],
      ['www-authenticate', 'Bearer realm="check"'],
      ['set-cookie', 'first=1'],
      ['set-cookie', 'second=2'],
      ['content-type', 'text/plain'],
    ],
    body: BODY,
  },
};

export const RATE_LIMIT: Record<'allow' | 'deny', RateLimitAnswer> = {
  allow: underLimit({ response_headers_to_add: [{ key: 'x-limit-service', value: 'under limit' }] }),
  deny: overLimit({ response_headers_to_add: [{ key: 'x-limit-service', value: 'over limit' }] }),
};
