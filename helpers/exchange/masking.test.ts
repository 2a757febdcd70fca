import { expect, test } from 'vitest';
import { mask, maskText } from './masking.ts';

const roles = { '192.0.2.10': '<downstream>', '2001:db8:2::10': '<blue>', '198.51.100.10': '<blue>' };

test('an address becomes its role, an ephemeral port becomes <port>', () => {
  expect(maskText('192.0.2.10:50123 to 198.51.100.10:80', roles)).toBe('<downstream>:<port> to <blue>:80');
  expect(maskText('[2001:db8:2::10]:80', roles)).toBe('<blue>:80');
  expect(maskText('connect ECONNREFUSED 198.51.100.10:81', roles)).toBe('connect ECONNREFUSED <blue>:81');
});

test('every unconfigured port from 1024 on is masked: netfilter may pick it', () => {
  expect(maskText('192.0.2.10:2048 192.0.2.10:20000 192.0.2.10:5000 192.0.2.10:443', roles)).toBe(
    '<downstream>:<port> <downstream>:20000 <downstream>:5000 <downstream>:443',
  );
});

test('an address without a role stays, its port is masked', () => {
  expect(maskText('127.0.0.1:4999 127.0.0.1:40000 203.0.113.9', roles)).toBe(
    '127.0.0.1:4999 127.0.0.1:<port> 203.0.113.9',
  );
});

test('an address without a port is masked, as in a URL', () => {
  expect(maskText('GET http://198.51.100.10/healthz', roles)).toBe('GET http://<blue>/healthz');
});

test('ids and dates are masked by their form', () => {
  expect(maskText('9768f391-a08d-4e7b-867a-660e66436766', roles)).toBe('<id>');
  expect(maskText('Mon, 23 Nov 2026 00:22:45 GMT', roles)).toBe('<date>');
  expect(maskText('2026-11-23T00:37:08.777Z', roles)).toBe('<date>');
  expect(maskText('2026/11/23T00:37:08+0000 1795394228', roles)).toBe('<date>');
});

test('certificate fingerprints are masked: each lab issues its own certificates', () => {
  expect(maskText(`SHA-256 ${Array(32).fill('0F').join(':')}`, roles)).toBe('SHA-256 <fingerprint>');
});

test('durations are masked by the name of their header or of a field of the observer', () => {
  expect(mask([['x-envoy-upstream-service-time', '4']], roles)).toEqual([['x-envoy-upstream-service-time', '<ms>']]);
  expect(mask({ duration: 12, response_code: 200 }, roles, { duration: '<ms>' })).toEqual({
    duration: '<ms>',
    response_code: 200,
  });
});

test('what is left of a timeout is rounded up: to seconds, or to 50 ms below one', () => {
  const header = 'x-envoy-expected-rq-timeout-ms';
  const rounded = (value: string) => mask([header, value], roles)[1];
  expect(['15000', '14978', '1001'].map(rounded)).toEqual(['15000', '15000', '2000']);
  expect(['1000', '492', '250', '0', 'x'].map(rounded)).toEqual(['1000', '500', '250', '0', 'x']);
  expect(mask({ [header]: ['14978'] }, roles)).toEqual({ [header]: ['15000'] });
});

test('a field may be masked by a function of its value', () => {
  const masks = { port: (port: unknown) => (port === 1 ? '<port>' : port) };
  expect(mask([{ port: 1 }, { port: 2 }], roles, masks)).toEqual([{ port: '<port>' }, { port: 2 }]);
});

test('metadata tokens are masked in texts and headers', () => {
  const token = `AQAE${'x'.repeat(52)}==`;
  expect(mask({ body: token, headers: [['x-aws-ec2-metadata-token', token]] }, roles)).toEqual({
    body: '<token>',
    headers: [['x-aws-ec2-metadata-token', '<token>']],
  });
});

test('a null field stays null', () => {
  expect(mask({ duration: null }, roles, { duration: '<ms>' })).toEqual({ duration: null });
});

test('a pair of texts that is not a header is masked like any list', () => {
  expect(mask(['router IP 192.0.2.10:50123', 'x'], roles)).toEqual(['router IP <downstream>:<port>', 'x']);
});

test('WebSocket keys are masked in headers and bodies', () => {
  expect(mask({ headers: [['Sec-WebSocket-Key', 'x3JJHMbDL1EzLkh9GBhXDw==']] }, roles)).toEqual({
    headers: [['Sec-WebSocket-Key', '<key>']],
  });
  expect(maskText('"Sec-WebSocket-Key",\n      "x3JJHMbDL1EzLkh9GBhXDw=="', roles)).toBe(
    '"Sec-WebSocket-Key",\n      "<key>"',
  );
});

test('durations in bodies and messages are masked', () => {
  expect(maskText('204\r\nx-envoy-upstream-service-time: 12\r\n', roles)).toBe(
    '204\r\nx-envoy-upstream-service-time: <ms>\r\n',
  );
  expect(maskText('Failed to connect to 127.0.0.1 port 4999 after 4 ms: Could not connect to server', roles)).toBe(
    'Failed to connect to 127.0.0.1 port 4999 after <ms> ms: Could not connect to server',
  );
});

test('link-local addresses are masked with their scope, and keep a port of the config', () => {
  expect(maskText('[fe80::9070:2ff:fecd:a475%3]:80 fe80::1%to-blue [fe80::1]:47606', {})).toBe(
    '[<link-local>]:80 <link-local> [<link-local>]:<port>',
  );
});
