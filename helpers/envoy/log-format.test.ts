import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { instrument } from './instrument.ts';

test.each([
  'application_log_config: { log_format: { text_format: "%v" } }',
  'applicationLogConfig: { logFormat: { jsonFormat: { m: "%v" } } }',
])('%s gives way to the format of the harness', (text) => {
  const { config, changes } = instrument(`${text}\nstatic_resources: {}\n`, 'nonce');
  expect(Object.values(parse(config) as object)[0]).toEqual({});
  expect(changes).toContain('The format of Envoy’s log is the harness’s.');
});

test('octal numbers are read as Envoy reads them', () => {
  const { config } = instrument('static_resources: { a: { mode: 0777, port: 80, zero: 0, text: "0777" } }\n', 'nonce');
  expect(parse(config)).toMatchObject({ static_resources: { a: { mode: 511, port: 80, zero: 0, text: '0777' } } });
});

test('large JSON stays JSON, with the additions of the harness', () => {
  const names = Array.from({ length: 30_000 }, (_, index) => `n${index}`);
  const { config } = instrument(JSON.stringify({ static_resources: { names } }), 'nonce', { adminPort: 1234 });
  expect(JSON.parse(config)).toMatchObject({
    static_resources: { names },
    admin: { address: { socket_address: { port_value: 1234 } } },
  });
});
