/**
 * The fields of a JSON line whose text differs from the one that `JSON.stringify` writes, by key:
 * `{"bytes_sent":1e+05}` has `bytes_sent: 1e+05`. Readers that compare digits see the difference.
 *
 * @returns undefined where the text is as usual; the whole line as `line` where its structure is not
 */
export function unusualText(line: string): Record<string, string> | undefined {
  if (JSON.stringify(JSON.parse(line)) === line) return undefined;
  const tokens = line.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  const values = tokens.flatMap((token, at): [string, string][] => {
    const key = tokens[at - 2];
    if (tokens[at - 1] !== ':' || key === undefined || /^[{[]/.test(token)) return [];
    return JSON.stringify(JSON.parse(token)) === token ? [] : [[JSON.parse(key) as string, token]];
  });
  return values.length > 0 ? Object.fromEntries(values) : { line };
}
