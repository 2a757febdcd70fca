import { expect, test } from 'vitest';
import { mayBeRules } from './rules-search.ts';

test.each([
  ['iptables.sh', '#!/bin/sh\nsudo iptables -t nat -A OUTPUT -p tcp -j REDIRECT --to-ports 15001\n'],
  ['entrypoint', 'set -e\n/sbin/iptables -w -t mangle -N PROXY\nexec envoy\n'],
  ['saved.rules', '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j RETURN\nCOMMIT\n'],
  ['istio.golden', '* nat\n-N A\nCOMMIT\n'],
  ['rules.nft', 'table inet proxy {\n}\n'],
])('%s is found', (path, text) => {
  expect(mayBeRules(path, text)).toBe(true);
});

test.each([
  ['README.md', 'run `iptables -t nat -A OUTPUT`'],
  ['check.sh', 'iptables -t nat -L\niptables-save\n'],
  ['notes', 'table ip nat'],
  ['binary', 'iptables -A OUTPUT -j X\0'],
])('%s is not', (path, text) => {
  expect(mayBeRules(path, text)).toBe(false);
});
