import { expect, test } from 'vitest';
import { parseSteps } from './log-steps.ts';

test('parseSteps reads the steps of a request with their times', () => {
  const log = `[2026-11-23 04:47:17.597943][42][debug][filter] [source/extensions/original_dst.cc:67] original_dst: set destination to 198.51.100.10:80
[2026-11-23 04:47:17.598248][42][debug][conn_handler] [source/active_tcp_listener.cc:162] [Tags: "ConnectionId":"1"] new connection from 192.0.2.10:39700
[2026-11-23 04:47:17.599832][42][debug][http] [source/conn_manager_impl.cc:1560] [Tags: "ConnectionId":"1"] request headers complete (end_stream=true):
':authority', '198.51.100.10'

[2026-11-23 04:47:17.600455][42][debug][router] [source/router.cc:600] [C1][S10] cluster 'a' match for URL '/'
[2026-11-23 04:47:17.602757][42][debug][connection] [source/connection_impl.cc:1177] [Tags: "ConnectionId":"2"] closing socket: 0`;
  const second = Date.UTC(2026, 10, 23, 4, 47, 17) / 1000;
  expect(parseSteps(log)).toEqual([
    { at: second + 0.597943, logger: 'filter', text: 'original_dst: set destination to 198.51.100.10:80' },
    { at: second + 0.598248, logger: 'conn_handler', text: 'new connection from 192.0.2.10:39700' },
    { at: second + 0.600455, logger: 'router', text: "cluster 'a' match for URL '/'" },
  ]);
});
