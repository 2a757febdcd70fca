import type { Change } from './change.ts';

/** Changes of access logs. */
export const LOG_CHANGES = {
  jsonNumbersInDigits: {
    since: '1.40.0',
    what: 'a number in a JSON access log has all its digits, 400000; before, it was 4e+05 where that is shorter',
    source: 'release notes of 1.40.0, access_log',
    shows: [{ path: /^accessLogText\[/, before: /\de\+\d/ }],
  },
} as const satisfies Record<string, Change>;
