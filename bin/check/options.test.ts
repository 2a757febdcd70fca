import { expect, test } from 'vitest';
import { imageVariant, repeated, versionVariant } from '../../helpers/record/variants.ts';
import { ASK_S, askingMs, repeatedOptions } from './options.ts';

const V1 = versionVariant('1.37.0');
const V2 = versionVariant('1.40.0');

test('a replay repeats the options that change the result, with both Envoys', () => {
  expect(repeatedOptions({ env: ['A=1'], files: ['certs:/etc/certs'], guard: ['x=false'] }, [V1, V2])).toEqual([
    ...['--env', 'A=1', '--files', 'certs:/etc/certs', '--guard', 'x=false', '--envoy', '1.37.0,1.40.0'],
  ]);
  expect(repeatedOptions({}, [V1, repeated(V1, 'once more')])).toEqual(['--envoy', '1.37.0,1.37.0']);
  const image = 'envoyproxy/envoy:v1.41.0';
  expect(repeatedOptions({ envoyImage: [image] }, [V1, imageVariant(image)])).toEqual([
    ...['--envoy', '1.37.0', '--envoy-image', image],
  ]);
});

test('requests have a limit of time, but not all of them or a single one', () => {
  expect(askingMs({})).toBe(ASK_S * 1_000);
  expect([askingMs({ allRequests: true }), askingMs({ only: 'r-1' })]).toEqual([undefined, undefined]);
  expect(askingMs({ allRequests: true, time: 5 })).toBe(5_000);
});
