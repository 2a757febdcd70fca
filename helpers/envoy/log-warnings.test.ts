import { expect, test } from 'vitest';
import { warningsIn } from './log-warnings.ts';

const LOG = `[2026-11-23 02:50:18.123][1][info][main] [source/server/server.cc:12] starting
[2026-11-23 02:50:18.124][1][warning][misc] [source/common/protobuf/message_validator_impl.cc:21] Deprecated field: type x
[2026-11-23 02:50:18.125][14][warning][misc] [source/common/protobuf/message_validator_impl.cc:25] Deprecated field: type x
[2026-11-23 02:50:18.126][1][warning][main] [source/server/server.cc:936] There is no configured limit
[2026-11-23 02:50:19.126][1][warning][main] [source/server/server.cc:999] caught ENVOY_SIGTERM
{"a": "[warning]"}`;

test('equal warnings are reported once, without time and source location', () => {
  expect(warningsIn(LOG)).toEqual(['Deprecated field: type x', 'There is no configured limit']);
});

test('a log without warnings has none', () => {
  expect(warningsIn('')).toEqual([]);
});
