/** Longer than any name of a guard: a name that two chunks share is found in the overlap. */
const OVERLAP = 512;

/** How a binary names the flag of a guard; names with dots are also of guards that it only refuses. */
const FLAG = /envoy_(reloadable|restart)_features?_([a-z0-9_]+)/g;

/**
 * The runtime guards that an Envoy binary defines, sorted:
 * `envoy.reloadable_features.conn_pool_fix_reentrancy`.
 */
export async function guardsIn(binary: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found = new Set<string>();
  let rest = '';
  for await (const chunk of binary) {
    const text = rest + Buffer.from(chunk).toString('latin1');
    for (const { index, 0: flag, 1: kind, 2: name } of text.matchAll(FLAG)) {
      // The next chunk may hold the end of a name.
      if (index + flag.length < text.length) found.add(`envoy.${kind}_features.${name}`);
    }
    rest = text.slice(-OVERLAP);
  }
  return [...found].filter((name) => !name.includes('_features.test_')).sort();
}
