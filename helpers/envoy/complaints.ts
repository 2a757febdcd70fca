/**
 * What Envoy reports as wrong in a log in the harness's format: its critical and error messages, without the config and the JSON that
 * Envoy repeats with them; empty where there is none.
 */
export function complaintsIn(log: string): string {
  const entries = log.split(/^(?=\[\d{4}-[^\]]*\]\[\d+\]\[)/m);
  const complaints = entries.flatMap((entry) => {
    const [, message] = /^\[[^\]]+\]\[\d+\]\[(?:critical|error)\]\[[^\]]+\] \[[^\]]+\] ([\s\S]*)$/.exec(entry) ?? [];
    if (message === undefined) return [];
    // After it come the config, and the same message once more.
    const [, cause = message] = /^error `([\s\S]*?)` initializing config '/.exec(message) ?? [];
    // Protobuf puts several spaces at random places, so that nobody parses its messages.
    return cause
      .replace(/: \{"[\s\S]*$/, '')
      .replaceAll(/ {2,}/g, ' ')
      .trim();
  });
  return [...new Set(complaints)].join('\n');
}
