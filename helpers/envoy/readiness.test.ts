import { expect, test } from 'vitest';
import { unmetRequirement } from './readiness.ts';

test('a listener that waits for routes is reported with the routes', () => {
  const dump = {
    unready_targets_dumps: [
      {
        name: 'init manager Listener-local-init-manager ingress 17003969344426300190',
        target_names: ['shared target RdsRouteConfigSubscription RDS init mine'],
      },
    ],
  };
  expect(unmetRequirement(['{ "state": "INITIALIZING" }', JSON.stringify(dump), ''])).toBe(
    'its state is INITIALIZING; listener ingress waits for RdsRouteConfigSubscription RDS init mine',
  );
});

test('a warming cluster is reported', () => {
  const WARMING = 'cluster.xds.warming_state: 0\ncluster.dynamic.warming_state: 1\n';
  expect(unmetRequirement(['{ "state": "PRE_INITIALIZING" }', '{}', WARMING])).toBe(
    'its state is PRE_INITIALIZING; cluster dynamic is not initialized',
  );
});
