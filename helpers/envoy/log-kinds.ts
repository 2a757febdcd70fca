/** A message of Envoy's log at its start: `[time][thread][level][component] [file:line] text`. */
const MESSAGE = /^\[[^\]]+\]\[\d+\]\[(warning|error|critical)\]\[([\w.-]+)\] \[[^\]]+\] ([\s\S]*)$/;

/** What varies between messages of one kind, most specific first. */
const VARYING: [pattern: RegExp, name: string][] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<number>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<date>'],
  [/\[[0-9a-f:.%]*:[0-9a-f:.%]*\](?::\d+)?/gi, '<address>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?\b/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}:?[0-9a-f]{0,4}(?![\w:])/gi, '<address>'],
  [/(?<![\w<)/])\/[\w.@%+~-]+(?:\/[\w.@%+~-]*)*/g, '<path>'],
  [/\b[0-9a-f]{16,}\b/gi, '<id>'],
  [/(?<![\w.])\d+(?:\.\d+)*/g, '<number>'],
];

/**
 * The kinds of warnings, errors and critical messages in Envoy's log, sorted, each once:
 * `[warning][config] gRPC config stream to <address> closed`. Left out are signals and the backtrace
 * of a crash, which are no messages about the config or a request.
 */
export function logKinds(log: string): string[] {
  const entries = log.split(/^(?=\[\d{4}-[^\]]*\]\[\d+\]\[)/m);
  const kinds = entries.flatMap((entry) => {
    const [, level, component, text = ''] = MESSAGE.exec(entry.trimEnd()) ?? [];
    if (component === undefined || component === 'backtrace' || text.startsWith('caught ENVOY_SIG')) return [];
    return `[${level}][${component}] ${maskedKind(text)}`;
  });
  return [...new Set(kinds)].sort();
}

function maskedKind(text: string): string {
  // Protobuf inserts random spaces to prevent parsing.
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return VARYING.reduce((masked, [pattern, name]) => masked.replaceAll(pattern, name), line);
}
