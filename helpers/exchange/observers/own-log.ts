import { type AccessLogEntry, accessLog, withoutEnd } from './access-log.ts';
import { type Observer, onceEach } from './observer.ts';

/** A line of an access log that Envoy's config has of its own. */
export interface OwnLogLine {
  /** `stdout`, `stderr` or the path of a file. */
  to: string;
  /** Parsed where it is a JSON object. */
  line: string | AccessLogEntry;
}

/** The access logs of Envoy's config, beside the one that the harness adds. */
export const ownLog: Observer<OwnLogLine[], OwnLogLine[]> = {
  title: "the config's own access logs",
  nothing: [],
  record: (seen) =>
    seen.map(({ to, line }) => ({ to, line: typeof line === 'string' ? withoutDurations(line) : withoutEnd(line) })),
  masks: accessLog.masks ?? {},
  settle: onceEach,
  describe: (lines) => lines.map(({ to, line }) => `${to}: ${typeof line === 'string' ? line : JSON.stringify(line)}`),
};

/** A line of Envoy's default format without its two durations: of the request, and of the upstream. */
function withoutDurations(line: string): string {
  return line.replace(/(" \d+ \S+ \d+ \d+) \d+ (?:\d+|-) "/, '$1 <ms> <ms> "');
}
