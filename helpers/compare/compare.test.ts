import { describe, expect, test } from 'vitest';
import type { Change } from '../envoy/known-changes.ts';
import { emptyObservation, type Observation } from '../exchange/observation.ts';
import type { RawHeader } from '../exchange/wire.ts';
import type { EnvoyRecord } from '../record/record.ts';
import { sampleChapter, sampleClaim, sampleEnvoy } from '../record/sample.ts';
import { compareRecords } from './compare.ts';
import { differencesOf } from './differences.ts';

const NOTHING = emptyObservation('GET http://<blue>');

/** A record of one exchange. */
function seen(observation: Partial<Observation>, version = '1.36.4'): EnvoyRecord {
  const { build } = sampleEnvoy([]);
  const chapter = sampleChapter([sampleClaim({ observations: [{ ...NOTHING, ...observation }] })]);
  return sampleEnvoy([chapter], { name: version, ...(build && { build: { ...build, version } }) });
}

const reply = (headers: RawHeader[], body = ''): Partial<Observation> => ({
  replies: [{ status: 200, headers, body }],
});

/** Differences without where they are, since that is the same for all. */
function found(a: Partial<Observation>, b: Partial<Observation>): unknown[] {
  return differencesOf(seen(a), seen(b)).map(({ slug, claim, exchange, ...rest }) => {
    expect([slug, claim, exchange]).toEqual(['original-dst', 'the address dialled wins', 'GET http://<blue>']);
    return rest;
  });
}

describe('differences of two observations', () => {
  test('equal observations have no difference', () => {
    expect(found(reply([['server', 'envoy']]), reply([['server', 'envoy']]))).toEqual([]);
  });

  test('an added, removed or changed header is named in the path', () => {
    const a = reply([
      ['server', 'envoy'],
      ['x-old', '1'],
      ['x-twice', 'a'],
      ['x-twice', 'b'],
    ]);
    const b = reply([
      ['x-new', '2'],
      ['server', 'other'],
      ['x-twice', 'a'],
      ['x-twice', 'c'],
    ]);
    expect(found(a, b)).toEqual([
      { path: 'replies[0].headers.server', a: 'envoy', b: 'other' },
      { path: 'replies[0].headers.x-old', a: '1' },
      { path: 'replies[0].headers.x-twice[1]', a: 'b', b: 'c' },
      { path: 'replies[0].headers.x-new', b: '2' },
    ]);
  });

  test('headers that move together are one difference', () => {
    const headers = (names: string): Partial<Observation> => reply([...names].map((name) => [name, '']));
    expect(found(headers('abxy'), headers('xyab'))).toEqual([
      { path: 'replies[0].headers.a in order', a: 'first', b: 'behind y' },
    ]);
  });

  test('a moved header is a difference of order', () => {
    expect(
      found(
        reply([
          ['a', '1'],
          ['b', '2'],
        ]),
        reply([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
    ).toEqual([{ path: 'replies[0].headers.a in order', a: 'first', b: 'behind b' }]);
  });

  test('a counter with another increment, an added and a removed one are differences', () => {
    expect(found({ stats: { x: 1, old: 1 } }, { stats: { x: 2, new: 1 } })).toEqual([
      { path: 'stats.x', a: '1', b: '2' },
      { path: 'stats.old', a: '1' },
      { path: 'stats.new', b: '1' },
    ]);
  });

  test('an inserted entry is one difference, not a shift of all entries after it', () => {
    const entry = (path: string) => ({ path });
    expect(
      found({ accessLog: [entry('/a'), entry('/c')] }, { accessLog: [entry('/a'), entry('/b'), entry('/c')] }),
    ).toEqual([{ path: 'accessLog[1]', b: '{"path":"/b"}' }]);
  });

  test('the path of a rule with another count contains its comment', () => {
    const rule = (packets: number) => ({ host: 'host', chain: 'nat OUTPUT', rule: 'capture', packets });
    expect(found({ rules: [rule(1)] }, { rules: [rule(2)] })).toEqual([
      { path: 'rules[host nat OUTPUT "capture"].packets', a: '1', b: '2' },
    ]);
  });

  test('JSON bodies are compared by field', () => {
    expect(found(reply([], '{"a":1,"b":2}'), reply([], '{"a":1,"b":3}'))).toEqual([
      { path: 'replies[0].body.b', a: '2', b: '3' },
    ]);
  });
});

test('an outcome, a claim and an exchange in one record only are differences', () => {
  const one = sampleEnvoy([sampleChapter([sampleClaim({ observations: [NOTHING] }), sampleClaim({ title: 'gone' })])]);
  const other = sampleEnvoy([sampleChapter([sampleClaim({ outcome: 'failed', error: 'expected 200\nat x' })])]);
  expect(differencesOf(one, other).map(({ claim, path, a, b }) => ({ claim, path, a, b }))).toEqual([
    { claim: 'the address dialled wins', path: 'outcome', a: 'passed', b: 'failed: expected 200' },
    { claim: 'the address dialled wins', path: 'exchange', a: 'took place', b: undefined },
    { claim: 'gone', path: 'outcome', a: 'passed', b: undefined },
  ]);
});

describe('known changes', () => {
  const change: Change = {
    since: '1.38.1',
    what: 'the body is shorter',
    source: 'undocumented',
    shows: [{ path: /\.body$/, before: /reason/ }],
  };
  const older = seen(reply([], 'it failed, reason: x'), '1.37.0');
  const newer = seen(reply([], 'it failed'), '1.38.2');
  const status = (a: EnvoyRecord, b: EnvoyRecord, ...changes: Change[]) =>
    compareRecords(a, b, changes).differences.map((each) => each.status);

  test('a change between both versions explains a difference, in either direction', () => {
    expect(status(older, newer, change)).toEqual(['known']);
    expect(status(newer, older, change)).toEqual(['known']);
  });

  test('a change that both versions have, or whose sign does not match, explains no difference', () => {
    const elsewhere = { ...change, shows: [{ path: /^stats/ }] };
    const earlier = { ...change, since: '1.36.0' };
    expect(status(older, newer, elsewhere, earlier)).toEqual(['new']);
  });

  test('a sign may match the increase of a number', () => {
    const [a, b] = [seen({ stats: { x: 2 } }, '1.37.0'), seen({ stats: { x: 5 } }, '1.38.2')];
    expect(status(a, b, { ...change, shows: [{ path: /^stats\.x$/, by: 3 }] })).toEqual(['known']);
    expect(status(b, a, { ...change, shows: [{ path: /^stats\.x$/, by: 3 }] })).toEqual(['known']);
    expect(status(a, b, { ...change, shows: [{ path: /^stats\.x$/, by: 2 }] })).toEqual(['new']);
  });

  test('a sign with `declared` matches only in claims that declare the change', () => {
    const loose = { ...change, shows: [{ path: /./, declared: true as const }] };
    expect(status(older, newer, loose)).toEqual(['new']);
    expect(status(older, declaring(newer), loose)).toEqual(['known']);
  });

  test('a change without a difference is not exercised where a claim declares it or its sign has `beside`', () => {
    const same = seen(reply([], 'it failed, reason: x'), '1.38.2');
    expect(compareRecords(older, same, [change]).notExercised).toEqual([]);
    expect(compareRecords(older, declaring(same), [change]).notExercised).toEqual([change]);
    expect(compareRecords(older, declaring(newer), [change]).notExercised).toEqual([]);
    const beside = { ...change, shows: [{ path: /^stats\.x$/, beside: /^stats\.y$/ }] };
    const [a, b] = [seen({ stats: { y: 1 } }, '1.37.0'), seen({ stats: { y: 1 } }, '1.38.2')];
    expect(compareRecords(a, b, [beside]).notExercised).toEqual([beside]);
    expect(compareRecords(older, newer, [beside]).notExercised).toEqual([]);
  });

  test('a change whose difference another change explains is exercised', () => {
    const other = { ...change, what: 'another one' };
    const { differences, notExercised } = compareRecords(older, declaring(newer), [other, change]);
    expect(differences.map((each) => each.change)).toEqual([other]);
    expect(notExercised).toEqual([]);
  });

  test('a difference between two runs of A is noise', () => {
    const again = seen(reply([], 'it failed, reason: y'), '1.37.0');
    const comparison = compareRecords(older, newer, [change], { a: again });
    expect(comparison.noise.map(({ version, path }) => [version, path])).toEqual([['1.37.0', 'replies[0].body']]);
    expect(comparison.differences).toEqual([]);
  });

  test('a difference between two runs of B is noise; B may run a part of its chapters again', () => {
    const again = seen(reply([], 'it failed, reason: y'), '1.38.2');
    const comparison = compareRecords(older, newer, [], { b: again });
    expect(comparison.noise.map(({ version, path }) => [version, path])).toEqual([['1.38.2', 'replies[0].body']]);
    expect(comparison.differences).toEqual([]);
    expect(compareRecords(older, newer, [], { b: { ...again, chapters: [] } }).differences).toHaveLength(1);
  });

  function declaring(record: EnvoyRecord): EnvoyRecord {
    const { since, what, source } = change;
    return {
      ...record,
      chapters: record.chapters.map((chapter) => ({
        ...chapter,
        claims: chapter.claims.map((claim) => ({ ...claim, changes: [{ since, what, source }] })),
      })),
    };
  }
});

test('a record without a kind of observation is compared by the other kinds', () => {
  const { streams, ...older } = NOTHING;
  const record = (observation: object) =>
    sampleEnvoy([sampleChapter([sampleClaim({ observations: [observation as Observation] })])]);
  expect(differencesOf(record(older), record(NOTHING))).toEqual([]);
});
