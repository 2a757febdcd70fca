import { expect, test } from 'vitest';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import type { RawHeader } from '../exchange/wire.ts';
import { decisionOf } from './findings/access.ts';
import { withHttpChecks } from './http-checks.ts';

const received = (servedBy: string, headers: RawHeader[]): Observation['received'][number] => ({
  ...{ servedBy, method: 'GET', path: '/', httpVersion: '1.1', headers, requests: 1 },
  ...{ local: '198.51.100.10:80', remote: '192.0.2.10:1' },
});

const seen = (...headers: RawHeader[]): Observation => ({
  ...emptyObservation('GET'),
  replies: [{ status: 403, headers: [], body: '' }],
  received: [received('authz', headers)],
});

test('what an HTTP authorization service receives is a check, whose headers have no order', () => {
  const [one, other] = [seen(['x-a', '1'], ['x-b', '2']), seen(['x-b', '2'], ['x-a', '1'])].map((each) =>
    withHttpChecks(each, ['authz'], { circumstances: { services: 'deny' } }),
  );
  expect(one).toEqual(other);
  expect(one?.received).toEqual([]);
  expect(one?.httpChecks).toMatchObject([{ method: 'GET', path: '/', answer: 403, body: '' }]);
});

test('a check does not make a denied request an allowed one', () => {
  expect(decisionOf(withHttpChecks(seen(), ['authz'], {}))).toBe('denied');
  expect(decisionOf(withHttpChecks(seen(), [], {}))).toBe('allowed');
});
