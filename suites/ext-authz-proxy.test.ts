import { expect } from 'vitest';
import { chapter } from '../fixtures/chapter.ts';
import { extAuthzProxy } from './ext-authz-proxy.scenario.ts';

const test = chapter(extAuthzProxy);

test('what is allowed reaches the upstream with the headers that the stub added', async ({ lab, downstream }) => {
  const { reply, received, checks } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(200);
  expect(received[0]?.header('x-ext-auth-id')).toBe('curl');
  expect(received[0]?.header('x-ext-auth-id-user')).toBe('bob');
  expect(checks).toHaveLength(1);
  expect(checks[0]?.attributes?.source?.address?.socket_address).toEqual({
    address: '127.0.0.1',
    port_value: Number(reply.local?.split(':')[1]),
  });
});

test('what is denied gets the answer of the stub, and the upstream nothing', async ({ lab, authz, downstream }) => {
  await authz.answers({
    response: {
      status: { code: 7 },
      denied_response: {
        status: { code: 401 },
        headers: [{ header: { key: 'x-why', value: 'no' } }],
        body: 'denied by the stub',
      },
    },
  });
  const { reply, received, accessLog } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(401);
  expect(reply.header('x-why')).toBe('no');
  expect(reply.body).toBe('denied by the stub');
  expect(received).toEqual([]);
  expect(accessLog).toEqual([expect.objectContaining({ response_flags: 'UAEX' })]);
});
