import { type AccessLogEntry, accessLog, withoutEnd } from './access-log.ts';
import { listObserver } from './observer.ts';

/** A line of an access log that Envoy's config defines itself. */
export interface OwnLogLine {
  /** `stdout`, `stderr` or the path of a file. */
  to: string;
  /** Parsed where it is a JSON object. */
  line: string | AccessLogEntry;
  /** The fields that Envoy does not write as `JSON.stringify` does, as text. */
  text?: Record<string, string>;
}

export const ownLog = listObserver<OwnLogLine>(
  "the config's own access logs",
  (lines) => lines.map(({ to, line }) => `${to}: ${typeof line === 'string' ? line : JSON.stringify(line)}`),
  {
    record: (seen) =>
      seen.map(({ line, ...rest }) => ({
        ...rest,
        line: typeof line === 'string' ? withoutDurations(line) : withoutEnd(line),
      })),
    masks: accessLog.masks ?? {},
  },
);

/**
 * Masks the two durations of a line in Envoy's default format: of the request, and of the upstream.
 */
function withoutDurations(line: string): string {
  return line.replace(/(" \d+ \S+ \d+ \d+) \d+ (?:\d+|-) "/, '$1 <ms> <ms> "');
}
