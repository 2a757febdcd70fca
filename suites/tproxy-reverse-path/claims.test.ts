import { describe, expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { ADDRESSES } from '../../helpers/constants/addresses.ts';
import { expectUnanswered, silently } from '../shared/tproxy/claims.ts';
import { tproxyReversePath } from './scenario.ts';

const test = chapter(tproxyReversePath);

describe('reverse path filtering', () => {
  test('with rp_filter=1 and src_valid_mark=1, a captured connection times out and never reaches Envoy', async ({
    downstream,
    upstream,
  }) => {
    const unanswered = await downstream.get(upstream.url, silently);
    expectUnanswered(unanswered);
    expect([unanswered.accessLog, unanswered.rules.length]).toEqual([[], 1]);
  });

  test("ip route get from the downstream's address fails with mark 0x1 and succeeds without it", async ({
    lab,
    upstream,
  }) => {
    const packet = [upstream.address.ipv4, 'from', ADDRESSES.downstream.ipv4, 'iif', 'to-downstream'];
    const marked = await lab.envoyHost.try(['ip', 'route', 'get', ...packet, 'mark', '0x1']);
    const unmarked = await lab.envoyHost.try(['ip', 'route', 'get', ...packet]);
    expect(marked.stderr).toBe('RTNETLINK answers: Invalid argument\n');
    expect(unmarked.stdout).toMatch(/^198\.51\.100\.10 from 192\.0\.2\.10 dev to-upstream /);
  });

  test('without netfilter rules, an unmarked connection passes rp_filter=1 and reaches the upstream', async ({
    netfilter,
    downstream,
    upstream,
  }) => {
    await netfilter.off();
    const { reply } = await downstream.get(upstream.url);
    expect(reply.outcome).toBe(200);
    expect(reply.header('server')).toBe('upstream');
  });
});
