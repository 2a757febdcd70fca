import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { expectUnanswered, silently } from '../shared/tproxy/claims.ts';
import { tproxyReversePath } from './scenario.ts';

const test = chapter(tproxyReversePath);

describe('reverse path check', () => {
  test('a captured connection times out: the rule counts it, and Envoy never sees it', async ({
    downstream,
    upstream,
  }) => {
    const unanswered = await downstream.get(upstream.url, silently);
    expectUnanswered(unanswered);
    expect([unanswered.accessLog, unanswered.rules.length]).toEqual([[], 1]);
  });

  test('asked where such a packet goes the kernel refuses it with its mark, and forwards it without', async ({
    lab,
    upstream,
  }) => {
    const packet = [upstream.address.ipv4, 'from', ADDRESSES.downstream.ipv4, 'iif', 'to-downstream'];
    const marked = await lab.envoyHost.try(['ip', 'route', 'get', ...packet, 'mark', '0x1']);
    const unmarked = await lab.envoyHost.try(['ip', 'route', 'get', ...packet]);
    expect(marked.stderr).toBe('RTNETLINK answers: Invalid argument\n');
    expect(unmarked.stdout).toMatch(/^198\.51\.100\.10 from 192\.0\.2\.10 dev to-upstream /);
  });

  test('a connection that no rule marks passes the check', async ({ netfilter, downstream, upstream }) => {
    await netfilter.off();
    const { reply } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.header('server')).toBe('upstream');
  });
});
