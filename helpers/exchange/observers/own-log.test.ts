import { expect, test } from 'vitest';
import { ownLog } from './own-log.ts';

test("the durations of Envoy's default format are masked", () => {
  const line = '[2026-11-28T07:20:00.000Z] "GET / HTTP/1.1" 200 - 0 15 3 2 "-" "curl" "id" "blue" "198.51.100.10:80"\n';
  const [recorded] = ownLog.record([{ to: 'stdout', line }], { replies: 1, tunnelled: false, reset: false });
  expect(recorded?.line).toContain('"GET / HTTP/1.1" 200 - 0 15 <ms> <ms> "-"');
});
