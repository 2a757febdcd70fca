/**
 * The distinct warnings in Envoy's log, in order. Time, thread and source location vary, and are left out of
 * `[2026-11-23 02:50:18.123][1][warning][config] [file.cc:12] text`.
 */
export function warningsIn(log: string): string[] {
  const warnings = log.split('\n').flatMap((line) => {
    const [, text] = /^\[[^\]]+\]\[\d+\]\[warning\]\[\w+\] \[[^\]]+\] (.*)$/.exec(line) ?? [];
    // A signal is not about the config.
    return text === undefined || text.startsWith('caught ENVOY_SIG') ? [] : [text];
  });
  return [...new Set(warnings)];
}
