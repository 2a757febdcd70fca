import { expect, test } from 'vitest';
import { BACKENDS, parseBackend } from './backends.ts';

test('parseBackend accepts each backend', () => {
  expect(BACKENDS.map(parseBackend)).toEqual([...BACKENDS]);
});

test('an unknown backend is refused with the known ones', () => {
  expect(() => parseBackend('pf')).toThrow('unknown backend "pf"; known:\n  iptables-nft\n  iptables-legacy\n  nft');
});
