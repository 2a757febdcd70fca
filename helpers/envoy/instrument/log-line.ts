import type { AccessLogEntry } from '../../exchange/observers/access-log.ts';
import { unusualText } from '../../exchange/unusual-text.ts';
import { given } from '../../util/given.ts';

/** A log line of the harness: an access log entry or a fence. */
type HarnessLine = { entry: AccessLogEntry; text?: Record<string, string> } | { fence: { path: string; of: number } };

/** Envoy sorts the keys of a JSON log, so this one comes first. */
export const NONCE = '#';

/** The stream that a log is written to; undefined for a file. */
export function streamOf(log: string): 'stdout' | 'stderr' | undefined {
  if (/^(stdout|\/dev\/(stdout|fd\/1)|\/proc\/self\/fd\/1)$/.test(log)) return 'stdout';
  return /^(stderr|\/dev\/(stderr|fd\/2)|\/proc\/self\/fd\/2)$/.test(log) ? 'stderr' : undefined;
}

/**
 * Splits a log line into the output of the config's own logger, which may lack a newline, and of
 * the harness's.
 */
export function readLogLine(line: string, nonce: string): { own: string; harness?: HarnessLine } {
  const at = line.indexOf(`{"${NONCE}":"${nonce}"`);
  if (at < 0) return { own: line };
  const written = line.slice(at);
  const { [NONCE]: _, ...entry } = entryOf(written) ?? {};
  // A longer line than a pipe takes at once, with another one inside of it.
  if (Object.keys(entry).length === 0) return { own: line };
  const { fence, of } = entry;
  const text = unusualText(written.replace(`"${NONCE}":"${nonce}",`, ''));
  const harness = of === undefined ? { entry, ...given({ text }) } : { fence: { path: `${fence}`, of: Number(of) } };
  return { own: line.slice(0, at), harness };
}

function entryOf(written: string): AccessLogEntry | undefined {
  try {
    return JSON.parse(written) as AccessLogEntry;
  } catch {
    return undefined;
  }
}
