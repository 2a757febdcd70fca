import { expect, test } from 'vitest';
import { CHANGES } from '../envoy/known-changes.ts';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import { claimSection, firstExchange } from './claim-section.ts';

function reply(status: number, read: string[], exchange = 'GET'): Observation {
  return { ...emptyObservation(exchange), replies: [{ status, headers: [['x-a', '1']], body: '' }], read };
}

const FIRST = reply(200, ['replies[0].status']);
const CLAIM = { title: 'a `503` UF', changes: [] };
const HEADING = '### <a id="claim-a-503-uf"></a>a \\`503\\` UF';

test('a claim shows what it read and what differs from the first exchange', () => {
  const section = (...observations: Observation[]) => claimSection(CLAIM, observations, FIRST);
  expect(section(FIRST)).toBe(`${HEADING}\n- \`GET\`: the first exchange`);
  expect(section(reply(503, ['replies[0].status', 'replies[0].headers.x-a']))).toBe(
    `${HEADING}\n- \`GET\`: response \`503\``,
  );
  expect(section(reply(200, ['replies[0].status']))).toBe(`${HEADING}\n- \`GET\`: as in the first exchange (response)`);
});

test('equal exchanges in a row are one line with their number', () => {
  const read = ['replies[0].status'];
  expect(claimSection(CLAIM, [reply(503, read), reply(503, read), reply(504, read)], FIRST)).toBe(
    `${HEADING}\n- 2 × \`GET\`: response \`503\`\n- \`GET\`: response \`504\``,
  );
});

test('a claim that read no exchange says so', () => {
  const text = 'This claim reads the lab itself, not an exchange.';
  expect(claimSection(CLAIM, [], FIRST)).toBe(`${HEADING}\n${text}`);
  expect(claimSection(CLAIM, [reply(200, [])], FIRST)).toBe(`${HEADING}\n${text}`);
});

test('a claim that depends on a change links to it, with or without a record', () => {
  expect(claimSection({ ...CLAIM, changes: [CHANGES.hideTransportFailureReason] })).toMatch(
    /\n- Depends on the Envoy version: \[since 1\.38\.1: .*\]\(versions\.md#change-hide-transport-failure-reason\)$/,
  );
});

test('the first exchange has every observed line', () => {
  const seen = { ...FIRST, stats: { 'cluster.blue.upstream_rq_200': 1 } };
  expect(firstExchange(seen)).toContain('<summary>The first exchange: GET</summary>');
  expect(firstExchange(seen)).toContain('  200\n    x-a: 1\n');
  expect(firstExchange(seen)).toMatch(/:\s+cluster\.blue\.upstream_rq_200 \+1\n/);
});
