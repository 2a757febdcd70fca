import { expect, test } from 'vitest';
import { withoutChosenPort } from './conntrack.ts';

test('the downstream port that NAT picked is masked like its own', () => {
  const entry = {
    ...{ host: 'host', protocol: 'tcp', nat: true },
    original: { source: '<host>:<port>', destination: '<green>:80' },
    reply: { source: '127.0.0.1:4999', destination: '<host>:13720' },
  };
  expect(withoutChosenPort(entry).reply).toEqual({ source: '127.0.0.1:4999', destination: '<host>:<port>' });
  const served = { ...entry, original: { source: '<host>:80', destination: '<green>:80' } };
  expect(withoutChosenPort(served)).toEqual(served);
});
