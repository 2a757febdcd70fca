/** Parses a JSON object in which masked values may replace numbers; undefined for any other text. */
export function parsedObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text.replaceAll(/: (<\w+>)/g, ': "$1"'));
  } catch {
    return undefined;
  }
}
