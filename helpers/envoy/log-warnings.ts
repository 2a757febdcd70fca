/** The distinct warnings in Envoy's log, without time, thread and source location, which vary. */
export function warningsIn(log: string): string[] {
  const warnings = log.split('\n').flatMap((line) => {
    const [, text] = /^\[[^\]]+\]\[\d+\]\[warning\]\[\w+\] \[[^\]]+\] (.*)$/.exec(line) ?? [];
    // A signal is not about the config.
    return text === undefined || text.startsWith('caught ENVOY_SIG') ? [] : [text];
  });
  return [...new Set(warnings)];
}
