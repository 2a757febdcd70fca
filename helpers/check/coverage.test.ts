import { expect, test } from 'vitest';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { coverageOf } from './coverage.ts';
import type { CheckRequest } from './request.ts';
import { requestsOf } from './requests/requests-of.ts';
import { dumpOf, ingress, socket } from './requests/sample-dump.ts';

const route = (path: string, cluster: string) => ({ match: { path }, route: { cluster } });

const DUMP = {
  ...dumpOf([
    ingress([{ name: 'api', domains: ['*'], routes: [route('/a', 'blue'), route('/b', 'green'), route('/c', 'red')] }]),
    { name: 'other', address: socket(9000), filter_chains: [{ filters: [] }] },
  ]),
  clusters: [{ name: 'blue' }, { name: 'green' }, { name: 'red' }, { name: 'authz' }],
};
const world = { upstreamOf: { blue: 'blue', green: 'green', red: 'red', authz: 'service' }, services: ['service'] };

const logged = (entry: Observation['accessLog'][number]): Partial<Observation> => ({
  accessLog: [{ method: 'GET', downstream_local_address: '<envoy>:8080', upstream_host: null, ...entry }],
});

test('what was not reached is listed with its reason', () => {
  const { requests } = requestsOf(DUMP);
  const sent = requests.filter(({ from }) => /^route api\[[01]\]$/.test(from)).slice(0, 2);
  const seen = [
    logged({ upstream_cluster: 'blue', upstream_host: '<blue>:80' }),
    logged({ response_code_details: 'rbac_access_denied_matched_policy[none]' }),
  ];
  const claims = sent.map(({ title }: CheckRequest, at) =>
    sampleClaim({ title, observations: [{ ...emptyObservation(title), ...seen[at] }] }),
  );
  const record = sampleEnvoy([sampleChapter(claims)]);
  const { upstreams, reached, notSeen } = coverageOf({
    dump: DUMP,
    derived: requests,
    sent,
    record,
    world,
  });
  expect(upstreams).toEqual([
    { name: 'blue', reached: true },
    { name: 'green', reached: false },
    { name: 'red', reached: false },
  ]);
  expect(reached).toBe(1);
  expect(notSeen).toEqual([
    {
      kind: 'route',
      name: 'route api[2]',
      why: 'its request is beyond the first 2; --all-requests sends it',
    },
    { kind: 'route', name: 'route api[1]', why: 'the filter rbac rejected every request for it' },
    { kind: 'listener', name: 'other', why: 'no connection reached it' },
    { kind: 'cluster', name: 'green', why: 'no request reached it' },
    { kind: 'cluster', name: 'red', why: 'no request reached it' },
  ]);
});

test('what was not sent for lack of time, or because only one request was asked for, has that as its cause', () => {
  const { requests } = requestsOf(DUMP);
  const [first] = requests;
  if (!first) throw new Error('no request');
  const claim = sampleClaim({ title: first.title, observations: [emptyObservation(first.title)] });
  const asked = { dump: DUMP, derived: requests, record: sampleEnvoy([sampleChapter([claim])]), world };
  expect(coverageOf({ ...asked, sent: requests }).notSeen).toContainEqual(
    expect.objectContaining({ kind: 'route', why: 'there was no time for its request; --time SECONDS gives more' }),
  );
  expect(coverageOf({ ...asked, sent: [first], only: true }).notSeen).toEqual([
    { kind: 'route', name: `${requests.length - 1} other requests`, why: 'not sent, as --only asks' },
  ]);
});

test('a filter that rejects every request of a listener is named', () => {
  const sent = requestsOf(DUMP).requests.slice(0, 4);
  const claims = sent.map(({ title }) => {
    const denied = logged({ response_code_details: 'jwt_authn_access_denied{Jwt_is_missing}' });
    return sampleClaim({ title, observations: [{ ...emptyObservation(title), ...denied }] });
  });
  const { notSeen } = coverageOf({
    dump: DUMP,
    derived: sent,
    sent,
    record: sampleEnvoy([sampleChapter(claims)]),
    world,
  });
  expect(notSeen).toContainEqual({ kind: 'filter', name: 'jwt_authn on 8080', why: 'it let no request pass' });
});
