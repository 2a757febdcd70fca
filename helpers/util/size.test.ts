import { expect, test } from 'vitest';
import { sizeText } from './size.ts';

test.each([
  [0, '0 bytes'],
  [812, '812 bytes'],
  [1_000, '1.0 kB'],
  [1_234_567, '1.2 MB'],
  [509_400_000, '509 MB'],
  [2_000_000_000_000_000, '2000 TB'],
])('%i bytes', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
