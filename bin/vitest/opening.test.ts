import { expect, test } from 'vitest';
import { sampleEnvoy } from '../../helpers/record/sample.ts';
import { opening } from './opening.ts';

const { machine } = sampleEnvoy([]);
if (!machine) throw new Error('the sample has a machine');

test('a run begins with version, image source, kernel and seed', () => {
  const envoys = [{ name: '1.40.0', source: 'release binary' as const }];
  expect(opening({ envoys, machine, seed: 7 })).toBe(
    `Envoy 1.40.0 (release binary) on Linux 6.18.0 x86_64, iptables v1.8.11 (nf_tables), Docker 20.10.24
seed 7: --seed 7 repeats this order of claims`,
  );
});

test('versions of one image source are listed together', () => {
  const envoys = [
    { name: '1.36.4', source: 'official image' as const },
    { name: '1.40.0', source: 'official image' as const },
    { name: 'mine/envoy:dev', source: 'given image' as const },
  ];
  expect(opening({ envoys })).toBe('Envoy 1.36.4, 1.40.0 (official image), mine/envoy:dev (given image)');
});
