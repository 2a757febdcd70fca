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
