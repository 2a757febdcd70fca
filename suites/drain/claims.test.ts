import { expect } from 'vitest';
import { changesEnvoy, chapter, combined, differs } from '../../fixtures/chapter.ts';
import type { Lab } from '../../fixtures/lab/lab.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { drain } from './scenario.ts';

const test = chapter(drain);

/** Drains the listener, and waits until its worker has stopped it. */
async function drained(lab: Lab): Promise<void> {
  await lab.adminPost('/drain_listeners');
  await lab.envoy.waitFor('/stats?filter=^listener_manager.listener_stopped$', ': 1');
}

test('a response of an Envoy that is not drained does not announce the end of its connection', async ({
  lab,
  downstream,
}) => {
  const { reply } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(200);
  expect(reply.header('connection')).not.toBe('close');
});

test('after POST /healthcheck/fail, a response has connection: close', async ({ lab, downstream }) => {
  await lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' });
  const { reply, stats } = await downstream.get(lab.envoyUrl);
  expect(reply.outcome).toBe(200);
  expect(reply.header('connection')).toBe('close');
  expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
});

test('after POST /healthcheck/ok, Envoy accepts connections without a notice again', async ({ lab, downstream }) => {
  await lab.adminPost('/healthcheck/fail', { undo: '/healthcheck/ok' });
  const during = await downstream.get(lab.envoyUrl);
  expect(during.reply.header('connection')).toBe('close');
  await lab.adminPost('/healthcheck/ok', { undo: '/healthcheck/ok' });
  const after = await downstream.get(lab.envoyUrl);
  expect(after.reply.header('connection')).not.toBe('close');
});

test(
  'after POST /drain_listeners?graceful, a new connection is accepted, and its response has connection: close',
  changesEnvoy,
  async ({ lab, downstream }) => {
    await lab.adminPost('/drain_listeners?graceful');
    const { reply, stats } = await downstream.get(lab.envoyUrl);
    expect(reply.outcome).toBe(200);
    expect(reply.header('connection')).toBe('close');
    expect(stats['http.ingress.downstream_cx_drain_close']).toBe(1);
  },
);

test('after POST /drain_listeners, a new connection is refused', changesEnvoy, async ({ lab, downstream }) => {
  await downstream.get(lab.envoyUrl);
  await drained(lab);
  const { reply } = await downstream.dial(`127.0.0.1:${PORTS.listener}`);
  expect(reply.outcome).toBe('ECONNREFUSED');
});

test(
  'after POST /drain_listeners, a kept-alive connection gets connection: close since 1.40; before, no notice',
  combined(changesEnvoy, differs(CHANGES.drainNotice)),
  async ({ lab, downstream, since }) => {
    const connection = 'kept alive';
    await downstream.get(lab.envoyUrl, { connection });
    await drained(lab);
    const { reply, stats } = await downstream.get(lab.envoyUrl, { connection, last: true });
    expect(reply.outcome).toBe(200);
    const notice = since(CHANGES.drainNotice);
    expect(reply.header('connection') === 'close').toBe(notice);
    expect(stats['http.ingress.downstream_cx_drain_close']).toBe(notice ? 1 : undefined);
  },
);
