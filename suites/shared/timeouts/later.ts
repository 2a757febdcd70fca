import { expect } from 'vitest';
import type { Lab } from '../../../fixtures/lab/lab.ts';
import type { Signals } from '../../../fixtures/lab/signals.ts';
import { DOWNSTREAM_UID, PORTS } from '../../../helpers/constants/ports.ts';
import { TIMEOUTS } from '../../../helpers/constants/timeouts.ts';

/** Acts once another request has reached a route timeout that began after this. */
async function afterRouteTimeout(lab: Lab): Promise<void> {
  const url = `http://127.0.0.1:${PORTS.listener}/route/elsewhere`;
  const limits = { connectTimeoutMs: TIMEOUTS.connectMs, timeoutMs: TIMEOUTS.exchangeMs };
  const { status } = await lab.downstreamHost.call(
    'request',
    { method: 'GET', url, headers: [], ...limits },
    DOWNSTREAM_UID,
  );
  expect(status).toBe(504);
}

/**
 * Raises `later` after a route timeout that begins with `begun`. The upstream does not answer `/route/elsewhere`,
 * which has the timeout.
 */
export const raisesLater = (lab: Lab) => async (signals: Pick<Signals, 'raised' | 'raise'>) => {
  await signals.raised('begun');
  await afterRouteTimeout(lab);
  await signals.raise('later');
};
