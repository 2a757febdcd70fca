import { expect } from 'vitest';
import { chapter } from '../../fixtures/chapter.ts';
import { FRONT, STATUS_PAGE, twoHops } from './scenario.ts';

const test = chapter(twoHops);

test('a request passes the front proxy and the sidecar, and both keep its x-request-id', async ({
  lab,
  downstream,
}) => {
  const { reply, received, accessLog, sidecarLog } = await downstream.get(`${lab.envoyUrl}/`, {
    headers: { 'x-request-id': '2c1d8a4e-5f3b-4c7d-9e6a-0b1c2d3e4f5a' },
  });
  expect(reply.servedBy).toBe('catalogue-service');
  expect(received[0]?.lines('x-request-id')).toEqual(['2c1d8a4e-5f3b-4c7d-9e6a-0b1c2d3e4f5a']);
  expect([accessLog.length, sidecarLog.length]).toEqual([1, 1]);
});

test('the downstream of the sidecar is the front proxy, by the same two ports in both access logs', async ({
  lab,
  downstream,
  upstream,
}) => {
  const { reply, received, accessLog, sidecarLog } = await downstream.get(`${lab.envoyUrl}/`);
  expect(accessLog[0]?.downstream_remote_address).toBe(reply.local);
  expect(accessLog[0]?.upstream_host).toBe(`${upstream.address.ipv4}:15006`);
  expect(sidecarLog[0]?.entry.downstream_remote_address).toBe(accessLog[0]?.upstream_local_address);
  expect(sidecarLog[0]?.entry.upstream_host).toBe('127.0.0.1:5000');
  expect(received[0]?.remote).toBe(sidecarLog[0]?.entry.upstream_local_address);
});

test('a response of 1 MiB passes the sidecar and the front proxy byte for byte', async ({
  lab,
  downstream,
  upstream,
}) => {
  const direct = await downstream.get(`${upstream.url}/payload/1048576`);
  const { reply, sidecarLog } = await downstream.get(`${lab.envoyUrl}/payload/1048576`);
  expect(reply.digest).toEqual(direct.reply.digest);
  expect(reply.digest.bytes).toBe(1_048_576);
  expect(sidecarLog[0]?.entry.bytes_sent).toBe(1_048_576);
});

test('while the application is stopped, the sidecar returns 503 UF and the front proxy passes it on without a flag', async ({
  lab,
  downstream,
  upstream,
}) => {
  await upstream.stop();
  const { reply, accessLog, sidecarLog } = await downstream.get(`${lab.envoyUrl}/`);
  expect(reply.outcome).toBe(503);
  expect(sidecarLog[0]?.entry).toMatchObject({ response_code: 503, response_flags: 'UF' });
  expect(accessLog[0]).toMatchObject({
    response_code: 503,
    response_flags: '-',
    response_code_details: 'via_upstream',
  });
});

test('the front proxy answers /status itself, with the content of a file', async ({ lab, downstream }) => {
  const { reply, accessLog, sidecarLog } = await downstream.get(`${lab.envoyUrl}/status`);
  expect(reply.outcome).toBe(200);
  expect(reply.body).toBe(STATUS_PAGE);
  expect(accessLog[0]?.response_code_details).toBe('direct_response');
  expect(sidecarLog).toEqual([]);
});

test('the front proxy listens on port 10000, and its admin pages are on port 9901', async ({ lab, downstream }) => {
  const address = `127.0.0.1:${FRONT.adminPort}`;
  const { reply } = await downstream.run(['curl', '--silent', `http://${address}/listeners`]);
  expect(reply.body).toBe(`ingress::0.0.0.0:${FRONT.listenerPort}\n`);
  expect(lab.envoyUrl).toBe(`http://127.0.0.1:${FRONT.listenerPort}`);
});
