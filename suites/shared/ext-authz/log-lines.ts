import { expect } from 'vitest';

/** Access log lines of requests that ext_authz denied, that failed, or that passed. */
export const denied = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_denied' });
export const failed = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_error' });
export const invalid = expect.objectContaining({ response_flags: 'UAEX', response_code_details: 'ext_authz_invalid' });
export const passed = expect.objectContaining({ response_flags: '-', response_code_details: 'via_upstream' });

/** The access log line of a request whose client closed its connection during the check. */
export const left = expect.objectContaining({
  ...{ response_code: 0, response_flags: 'DC', response_code_details: 'downstream_remote_disconnect' },
});
