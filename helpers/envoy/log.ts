/**
 * What Envoy warned of, each text once, in the order of its log. Without time, thread and place in Envoy's source, which
 * differ from start to start and from version to version: `[2026-11-23 02:50:18.123][1][warning][config] [file.cc:12] text`.
 */
export function warningsIn(log: string): string[] {
  const warnings = log.split('\n').flatMap((line) => {
    const [, text] = /^\[[^\]]+\]\[\d+\]\[warning\]\[\w+\] \[[^\]]+\] (.*)$/.exec(line) ?? [];
    // That it was told to end says nothing about its config.
    return text === undefined || text.startsWith('caught ENVOY_SIG') ? [] : [text];
  });
  return [...new Set(warnings)];
}
