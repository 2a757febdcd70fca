import { expect, test } from 'vitest';
import { BACKENDS, parseBackend } from './backends.ts';

test('each backend is read by its name', () => {
  expect(BACKENDS.map(parseBackend)).toEqual([...BACKENDS]);
});

test('another word is refused with the words that are known', () => {
  expect(() => parseBackend('pf')).toThrow('unknown backend "pf"; known:\n  iptables-nft\n  iptables-legacy\n  nft');
});
