import { expect, test } from 'vitest';
import { modulesIn, readCaptureRecord, refusalOf, refusedRules, settingsIn } from './capture-record.ts';

const RECORD = readCaptureRecord(
  [
    'status\t127',
    '1\tiptables -t nat -N KNOWN\tiptables: Chain already exists.',
    '1\tiptables -t nat -C OUTPUT -j X\tiptables: No chain/target/match by that name.',
    "2\tiptables -t nat -A OUTPUT -m nothing\tiptables v1.8.11 (nf_tables): Couldn't load match `nothing':No such file or directory\r\rTry `iptables -h' or 'iptables --help' for more information.",
    '0\tsysctl -w net.ipv4.ip_forward=1\t',
    '0\tmodprobe -a xt_TPROXY xt_socket\t',
    'end',
    '',
  ].join('\n'),
);

test('the record has the exit status and each command', () => {
  expect(RECORD.status).toBe(127);
  expect(RECORD.commands).toHaveLength(5);
  expect(readCaptureRecord('')).toEqual({ commands: [] });
});

test('a rule is refused where the command that adds it fails; looking for one may fail', () => {
  expect(refusedRules(RECORD).map(({ command }) => command)).toEqual(['iptables -t nat -A OUTPUT -m nothing']);
});

test('settings and modules', () => {
  expect(settingsIn(RECORD)).toEqual({ 'net.ipv4.ip_forward': '1' });
  expect(modulesIn(RECORD)).toEqual(['xt_TPROXY', 'xt_socket']);
});

test.each([
  [RECORD.commands[2]?.error ?? '', { reason: "Couldn't load match `nothing':No such file or directory" }],
  [
    'iptables-restore v1.8.11 (nf_tables): owner: Bad value for "--gid-owner" option: "java"\rError occurred at line: 19\rTry `iptables-restore -h\' or …',
    { reason: 'owner: Bad value for "--gid-owner" option: "java"', line: 19 },
  ],
  ['iptables-restore: line 7 failed', { reason: 'line 7 failed', line: 7 }],
  [
    '/rules/a.nft:5:1-58: Error: File not found: /x.nft\rinclude "/x.nft"\r^^^',
    { reason: 'File not found: /x.nft', line: 5 },
  ],
  ['', { reason: 'it failed without a message' }],
])('the reason of %j', (error, refusal) => {
  expect(refusalOf(error)).toEqual(refusal);
});
