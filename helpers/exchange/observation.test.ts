import { expect, test } from 'vitest';
import { observationDifferences } from '../compare/differences.ts';
import { emptyObservation, observationOf } from './observation.ts';
import { OBSERVERS, RECORDED_KINDS, type Seen } from './observers/registry.ts';
import { ReplySeen } from './observers/replies.ts';

const ROLES = { '198.51.100.10': '<blue>' };

const EMPTY: Seen = {
  ...emptyObservation(''),
  ...{ replies: [], received: [], httpChecks: [], jwksRequests: [], streams: [], rules: [], packets: [] },
};

function reply(body: string, port: number): ReplySeen {
  const local = `198.51.100.10:${port}`;
  return new ReplySeen({ status: 200, headers: [], body, local, bodyBytes: body.length, bodySha256: 'x' });
}

test('an observation has every recorded kind, in the order of the registry', () => {
  const observation = observationOf('GET http://198.51.100.10', { ...EMPTY, packets: ['a packet'] }, ROLES);
  expect(observation).toEqual(emptyObservation('GET http://<blue>'));
  expect(Object.keys(observation)).toEqual(['exchange', ...RECORDED_KINDS]);
  expect(RECORDED_KINDS).toEqual(Object.keys(OBSERVERS).filter((kind) => kind !== 'packets'));
});

test('equal items of parallel requests are recorded once, in a stable order', () => {
  const several = { ...EMPTY, replies: [reply('b', 40_001), reply('a', 40_002), reply('b', 40_003)] };
  const observation = observationOf('', several, ROLES);
  expect(observation.replies.map(({ body, local }) => [body, local])).toEqual([
    ['a', '<blue>:<port>'],
    ['b', '<blue>:<port>'],
  ]);
});

test('a record omits the end that closed first and the bytes of tunnels only', () => {
  const seen = {
    ...EMPTY,
    replies: [reply('', 40_001)],
    accessLog: [{ method: 'CONNECT', response_code: 200, bytes_sent: 3 }],
    stats: { 'http.ingress.downstream_cx_destroy_remote': 1, 'http.ingress.downstream_cx_total': 1 },
  };
  const tunnel = observationOf('', seen, ROLES);
  expect(tunnel.accessLog).toEqual([{ method: 'CONNECT', response_code: 200 }]);
  expect(tunnel.stats).toEqual({ 'http.ingress.downstream_cx_total': 1 });
  const refused = observationOf('', { ...seen, accessLog: [{ method: 'CONNECT', response_code: 404 }] }, ROLES);
  expect(refused.stats).toEqual(seen.stats);
});

test('`read` is ignored by the comparison of observations', () => {
  const [one, other] = [emptyObservation(''), { ...emptyObservation(''), read: ['received.length'] }];
  expect(observationDifferences(one, other)).toEqual([]);
});

test('how many bytes met a reset of the client is not recorded where sockets cannot hold them', () => {
  const stream = { servedBy: 'bytes', local: 'a:1', remote: 'b:2', sha256: '0f', ended: 'end' };
  const recorded = (bytes: number, code: string) => {
    const reset = new ReplySeen({ ended: { code, message: '' }, headers: [], body: '', bodyBytes: 0, bodySha256: '' });
    const seen = { ...EMPTY, replies: [reset], streams: [{ ...stream, bytes }], accessLog: [{ bytes_sent: bytes }] };
    const { streams, accessLog } = observationOf('', seen, ROLES);
    return [streams[0]?.bytes, streams[0]?.sha256, accessLog[0]?.bytes_sent];
  };
  expect(recorded(900_000, 'reset')).toEqual(['many', 'many', 'many']);
  expect(recorded(900, 'reset')).toEqual([900, '0f', 900]);
  expect(recorded(900_000, 'closed')).toEqual([900_000, '0f', 900_000]);
});
