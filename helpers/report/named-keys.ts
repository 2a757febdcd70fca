/** vitest's `expect.objectContaining`, as far as it is read here. */
interface ObjectContaining {
  sample: Record<string, unknown>;
}

/**
 * Reduces a value to the keys that `expect.objectContaining` names at the same place of the expected value, so that a printed
 * mismatch has no keys that nothing was asserted of. Other values stay as they are.
 */
export function namedKeys(actual: unknown, expected: unknown): unknown {
  if (isObjectContaining(expected)) {
    if (!isRecord(actual)) return actual;
    const named = Object.keys(expected.sample).filter((key) => key in actual);
    return Object.fromEntries(named.map((key) => [key, namedKeys(actual[key], expected.sample[key])]));
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((item: unknown, index) => namedKeys(item, expected[index]));
  }
  if (!isPlain(actual) || !isPlain(expected)) return actual;
  return Object.fromEntries(Object.entries(actual).map(([key, value]) => [key, namedKeys(value, expected[key])]));
}

function isObjectContaining(value: unknown): value is ObjectContaining {
  return (
    isRecord(value) && value.constructor.name === 'ObjectContaining' && value.inverse !== true && isRecord(value.sample)
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
