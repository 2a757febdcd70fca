import { expect, test } from 'vitest';
import { RECORDED_KINDS } from '../exchange/observers/registry.ts';
import { describeWeight, WEIGHTS, weightOf } from './weight.ts';

test.each([
  ['outcome', 1],
  ['exchange', 1],
  ['replies[0].status', 1],
  ['received[0].headers.x-request-id', 1],
  ['received[0].path', 2],
  ['received[0]', 2],
  ['checks[1].timeout', 2],
  ['metadata[0].token', 2],
  ['accessLog[0].bytes_sent', 3],
  ['warnings[0]', 3],
  ['stats.http.ingress.rq_total', 4],
  ['rules[host nat OUTPUT "capture"].packets', 4],
])('a difference at %s has weight %i', (path, weight) => {
  expect(weightOf(path)).toBe(weight);
});

test('every kind of observation and every weight has a description', () => {
  for (const kind of RECORDED_KINDS) expect(describeWeight(weightOf(kind))).not.toBe('');
  expect(WEIGHTS).toHaveLength(4);
});
