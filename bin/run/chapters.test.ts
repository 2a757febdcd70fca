import { expect, test } from 'vitest';
import { commentsOf } from '../../helpers/netfilter/rules.ts';
import { loadScenarios } from './chapters.ts';

test('every rule of a chapter has a comment of its own', async () => {
  for (const { slug, netfilter, netfilter6, topology } of await loadScenarios()) {
    const upstreams: { netfilter?: string }[] = Object.values(topology.upstreams);
    const comments = [netfilter, netfilter6, ...upstreams.map((each) => each.netfilter ?? '')].map(commentsOf);
    // Generated: `nat OUTPUT 3`, `known (nat OUTPUT 3)`.
    const generated = comments.flat().filter((comment) => /^\w+ \S+ \d+$|\(\w+ \S+ \d+\)$/.test(comment));
    expect(generated, slug).toEqual([]);
  }
});
