/** A message of Envoy's log at its start: `[time][thread][level][component] [file:line] text`. */
const MESSAGE = /^\[[^\]]+\]\[\d+\]\[(warning|error|critical)\]\[([\w.-]+)\] \[[^\]]+\] ([\s\S]*)$/;

/** A signal, or a line of the backtrace that follows "envoy bug failure". */
const NO_MESSAGE = /^(caught ENVOY_SIG|stacktrace for envoy bug|#\d+ )/;

/** What varies between messages of one kind, most specific first. */
const VARYING: [pattern: RegExp, name: string][] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<number>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<date>'],
  [/\[[0-9a-f:.%]*:[0-9a-f:.%]*\](?::\d+)?/gi, '<address>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d+)?\b/g, '<address>'],
  [/(?<![\w:])(?:[0-9a-f]{1,4}::?){2,7}[0-9a-f]{0,4}(?:%\w+)?(?![\w:])/gi, '<address>'],
  [/(?<![\w<)/])\/[\w.@%+~-]+(?:\/[\w.@%+~-]*)*/g, '<path>'],
  [/\b[0-9a-f]{16,}\b/gi, '<id>'],
  [/(?<![\w.])\d+(?:\.\d+)*/g, '<number>'],
];

export interface LogMessage {
  level: 'warning' | 'error' | 'critical';
  component: string;
  /** The message with `<number>`, `<path>` and others in place of what varies. */
  kind: string;
  /** The message in one line. */
  text: string;
}

/**
 * The warnings, errors and critical messages in Envoy's log. Left out are signals and the backtrace
 * of a crash, which are no messages about the config or a request.
 */
export function logMessages(log: string): LogMessage[] {
  const entries = log.split(/^(?=\[\d{4}-[^\]]*\]\[\d+\]\[)/m);
  return entries.flatMap((entry) => {
    const [, level, component, message = ''] = MESSAGE.exec(entry.trimEnd()) ?? [];
    if (component === undefined || component === 'backtrace' || NO_MESSAGE.test(message)) return [];
    // Protobuf inserts random spaces to prevent parsing.
    const text = message.replaceAll(/\s+/g, ' ').trim();
    return { level: level as LogMessage['level'], component, kind: masked(text), text };
  });
}

/**
 * The kinds of warnings, errors and critical messages in Envoy's log, sorted, each once:
 * `[warning][config] gRPC config stream to <address> closed`.
 */
export function logKinds(log: string): string[] {
  return [...new Set(logMessages(log).map(({ level, component, kind }) => `[${level}][${component}] ${kind}`))].sort();
}

function masked(text: string): string {
  return VARYING.reduce((line, [pattern, name]) => line.replaceAll(pattern, name), text);
}
