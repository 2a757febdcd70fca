import { expect } from 'vitest';
import { chapter } from '../fixtures/chapter.ts';
import { TIMEOUTS } from '../helpers/timeouts.ts';
import { RULE } from './tproxy-outgoing.scenario.ts';
import { tproxyReversePath } from './tproxy-reverse-path.scenario.ts';

const test = chapter(tproxyReversePath);
const silently = { connectTimeoutMs: TIMEOUTS.silenceMs };

test('a captured connection times out: the rule counts it, and Envoy never sees it', async ({
  downstream,
  upstream,
}) => {
  const { reply, received, accessLog, stats, rules } = await downstream.get(upstream.url, silently);
  expect(reply.outcome).toBe('timeout');
  expect(received).toEqual([]);
  expect(accessLog).toEqual([]);
  expect(stats).toEqual({});
  expect(rules).toEqual([expect.objectContaining({ comment: RULE.capture, packets: 1 })]);
});

test('a connection that no rule marks passes the check', async ({ netfilter, downstream, upstream }) => {
  await netfilter.off();
  const { reply } = await downstream.get(upstream.url);
  expect(reply.outcome).toBe(200);
  expect(reply.header('server')).toBe('upstream');
});
