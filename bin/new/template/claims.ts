import { describe, expect } from 'vitest';
import { chapter } from '../../../fixtures/chapter.ts';
import { myChapterScenario } from './scenario.ts';

const test = chapter(myChapterScenario);

describe('forwarding', () => {
  test("Envoy forwards a request to the upstream and returns the upstream's 200", async ({ lab, downstream }) => {
    const { reply } = await downstream.get(lab.envoyUrl);
    expect([reply.outcome, reply.servedBy]).toEqual([200, 'upstream']);
  });
});

describe('failures', () => {
  test('Envoy returns 503 UF while the upstream is stopped', async ({ lab, downstream, upstream }) => {
    await upstream.stop();
    const { reply, accessLog } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(503);
    expect(accessLog).toEqual([expect.objectContaining({ response_code: 503, response_flags: 'UF' })]);
  });
});
