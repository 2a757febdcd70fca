/**
 * The distinct critical and error messages in Envoy's log, without the config and JSON that they
 * repeat.
 */
export function errorsIn(log: string): string {
  const entries = log.split(/^(?=\[\d{4}-[^\]]*\]\[\d+\]\[)/m);
  const errors = entries.flatMap((entry) => {
    const [, message] = /^\[[^\]]+\]\[\d+\]\[(?:critical|error)\]\[[^\]]+\] \[[^\]]+\] ([\s\S]*)$/.exec(entry) ?? [];
    if (message === undefined) return [];
    // The config and a repetition of the message follow.
    const [, cause = message] = /^error `([\s\S]*?)` initializing config '/.exec(message) ?? [];
    // Protobuf inserts random spaces to prevent parsing.
    const [text = ''] = cause.split(/: \{"/, 1);
    return text.replaceAll(/ {2,}/g, ' ').trim();
  });
  return [...new Set(errors)].join('\n');
}
