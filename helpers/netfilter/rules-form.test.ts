import { expect, test } from 'vitest';
import { formOfRules, tablesOfRestore } from './rules-form.ts';

test.each([
  ['#!/bin/sh\n*nat\n', 'script'],
  ['# rules\nsudo /sbin/iptables -t nat -A OUTPUT -j ACCEPT\n', 'script'],
  ['iptables-restore <<EOF\n*nat\nCOMMIT\nEOF\n', 'script'],
  ['*nat\n-A OUTPUT -j ACCEPT\nCOMMIT\n', 'restore'],
  ['iptables-save\n* nat\n-A OUTPUT -j ACCEPT\nCOMMIT\n', 'restore'],
  ['#!/usr/sbin/nft -f\nflush ruleset\n', 'nft'],
  ['table inet mesh {\n}\n', 'nft'],
  ['add table inet mesh\n', 'nft'],
])('%j is of the form %s', (text, form) => {
  expect(formOfRules(text, 'rules')).toBe(form);
});

test.each([
  ['', 'rules: it has no rules'],
  ['# nothing\n\n', 'rules: it has no rules'],
  ['\0\u0001', 'rules: it is binary, not rules'],
  [
    'static_resources: {}\n',
    'rules: it has neither a command of iptables or nft, nor a table of iptables-save; it begins with "static_resources: {}"',
  ],
  ['x'.repeat(1_000_001), 'rules: it has 1000001 characters; rules have at most 1000000'],
])('anything else is refused in one line', (text, message) => {
  expect(() => formOfRules(text, 'rules')).toThrow(message);
});

test('each table has its line and its family: that of its addresses, or IPv6 where the name comes a second time', () => {
  const text = `# both
* nat
-A OUTPUT -d 127.0.0.1/32 -j RETURN
COMMIT
*raw
-N X

-A OUTPUT -p udp --dport 53 -j X
COMMIT
*nat
-A OUTPUT -d ::1/128 -j RETURN
COMMIT
*raw
-A OUTPUT -j ACCEPT`;
  expect(tablesOfRestore(text)).toEqual([
    { line: 2, ipv6: false, text: '*nat\n-A OUTPUT -d 127.0.0.1/32 -j RETURN\nCOMMIT\n' },
    { line: 5, ipv6: false, text: '*raw\n-N X\n\n-A OUTPUT -p udp --dport 53 -j X\nCOMMIT\n' },
    { line: 10, ipv6: true, text: '*nat\n-A OUTPUT -d ::1/128 -j RETURN\nCOMMIT\n' },
    { line: 13, ipv6: true, text: '*raw\n-A OUTPUT -j ACCEPT\nCOMMIT\n' },
  ]);
});
