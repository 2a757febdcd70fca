import { expect, test } from 'vitest';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import type { ClaimRecord, EnvoyRecord } from '../record/record.ts';
import { differencesOf } from './differences.ts';

function recordOf(log: string[], ...claims: Partial<ClaimRecord>[]): EnvoyRecord {
  const whole = claims.map(
    (claim, at): ClaimRecord => ({
      ...{ title: `claim ${at}`, outcome: 'passed', durationMs: 1, observations: [] },
      ...claim,
    }),
  );
  return { name: 'a', chapters: [{ slug: 's', title: 's', requirement: '', topology: '', log, claims: whole }] };
}

function seen(exchange: string, more: Partial<Observation> = {}): Observation {
  return { ...emptyObservation(exchange), ...more };
}

const CRASH: Partial<ClaimRecord> = {
  outcome: 'failed',
  error: 'AssertionError: Envoy crashed (SIGSEGV) during "GET 2"',
  observations: [seen('GET 1', { stats: { x: 1 } }), seen('GET 2', { crashes: ['SIGSEGV'] })],
};
const WHOLE: Partial<ClaimRecord> = {
  observations: [seen('GET 1', { stats: { x: 2 } }), seen('GET 2', { stats: { x: 1 } }), seen('GET 3')],
};

test('a crash is one difference; what precedes it in the claim is compared', () => {
  expect(differencesOf(recordOf(['[critical][assert] x'], CRASH), recordOf([], WHOLE))).toEqual([
    { slug: 's', claim: 'claim 0', exchange: 'GET 2', path: 'crashes[0]', a: 'SIGSEGV' },
    { slug: 's', claim: 'claim 0', exchange: 'GET 1', path: 'stats.x', a: '1', b: '2' },
  ]);
});

test('after a crash, counters of later claims are not compared, all else is', () => {
  const later = (x: number): Partial<ClaimRecord> => ({
    observations: [seen('GET 4', { stats: { x }, streams: [], authzLog: [`${x}`] })],
  });
  expect(differencesOf(recordOf([], CRASH, later(1)), recordOf([], WHOLE, later(2))).map(({ path }) => path)).toEqual([
    'crashes[0]',
    'stats.x',
    'authzLog[0]',
  ]);
  expect(differencesOf(recordOf([], WHOLE, later(1)), recordOf([], WHOLE, later(2)))).toHaveLength(2);
});

test('after a crash that its claim expects, counters of later claims are compared', () => {
  const later = (x: number): Partial<ClaimRecord> => ({ observations: [seen('GET 4', { stats: { x } })] });
  const expected = { ...CRASH, outcome: 'passed' as const, observations: [seen('GET 2', { crashes: ['SIGSEGV'] })] };
  const survived = { observations: [seen('GET 2')] };
  const [a, b] = [recordOf([], expected, later(1)), recordOf([], survived, later(2))];
  expect(differencesOf(a, b).map(({ path }) => path)).toEqual(['crashes[0]', 'stats.x']);
});

test('the same crash in different exchanges of a claim is no difference', () => {
  const [first, second] = [
    { outcome: 'passed' as const, observations: [seen('GET 1', { crashes: ['SIGSEGV'] })] },
    { outcome: 'passed' as const, observations: [seen('GET 1'), seen('GET 2', { crashes: ['SIGSEGV'] })] },
  ];
  expect(differencesOf(recordOf([], first), recordOf([], second))).toEqual([]);
});

test('a crash after the last exchange is the outcome of its claim', () => {
  const [a, b] = [recordOf([], { outcome: 'failed', error: 'Envoy crashed (SIGABRT) after' }), recordOf([], {})];
  expect(differencesOf(a, b)).toMatchObject([{ path: 'outcome' }]);
});
