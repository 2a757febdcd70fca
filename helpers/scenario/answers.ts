import type {
  AuthzAnswer,
  CheckResponse,
  DeniedResponse,
  GrpcError,
  HeaderValueOption,
  RateLimitResponse,
} from '../exchange/stub-calls.ts';

/** envoy.config.core.v3.HeaderValueOption.HeaderAppendAction, by its numbers. */
export const APPEND_ACTION = {
  APPEND_IF_EXISTS_OR_ADD: 0,
  ADD_IF_ABSENT: 1,
  OVERWRITE_IF_EXISTS_OR_ADD: 2,
  OVERWRITE_IF_EXISTS: 3,
} as const;

export type AppendAction = keyof typeof APPEND_ACTION;

/** A header of an answer; fields that are absent are not sent. */
export function header(
  key: string,
  value: string,
  { append, action }: { append?: boolean | undefined; action?: AppendAction | undefined } = {},
): HeaderValueOption {
  return {
    header: { key, value },
    ...(append === undefined ? {} : { append: { value: append } }),
    ...(action === undefined ? {} : { append_action: APPEND_ACTION[action] }),
  };
}

/** OK, with the headers to add to and remove from the request and its response. */
export function allow(ok_response: NonNullable<CheckResponse['ok_response']> = {}): { response: CheckResponse } {
  return { response: { status: { code: 0 }, ok_response } };
}

/** PERMISSION_DENIED, with the response for the downstream. */
export function deny(denied_response: DeniedResponse = {}): AuthzAnswer {
  return { response: { status: { code: 7 }, denied_response } };
}

/** UNAVAILABLE, with the response for the downstream where a failure denies the request. */
export function failWith(error_response: DeniedResponse): AuthzAnswer {
  return { response: { status: { code: 14 }, error_response } };
}

/** An OK of the rate limit service. */
export function underLimit(more: Omit<RateLimitResponse, 'overall_code'> = {}): { response: RateLimitResponse } {
  return { response: { overall_code: 1, ...more } };
}

/** An OVER_LIMIT of the rate limit service. */
export function overLimit(more: Omit<RateLimitResponse, 'overall_code'> = {}): { response: RateLimitResponse } {
  return { response: { overall_code: 2, ...more } };
}

/** Ends the call with a gRPC status instead of an answer. */
export function grpcError(code: number, message: string): { error: GrpcError } {
  return { error: { code, message } };
}
