import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { NEWEST } from '../envoy/versions.ts';
import { onlyVariant, parseImage, variantsFrom, variantsOf } from './variants.ts';

test('without a word it is the newest Envoy', () => {
  expect(variantsFrom({})).toEqual([{ name: NEWEST, version: NEWEST }]);
});

test('versions are a variant each, oldest first', () => {
  expect(variantsFrom({ ENVOY_VERSIONS: '1.40.0,1.36.4' }).map(({ version }) => version)).toEqual(['1.36.4', '1.40.0']);
});

test('where one is asked for, an option says more than the environment, and several are an error', () => {
  const env = { ENVOY_VERSIONS: '1.36.4,1.40.0' };
  expect(onlyVariant('a proof', { envoy: '1.37.0' }, env)).toEqual({ name: '1.37.0', version: '1.37.0' });
  expect(onlyVariant('a proof', {}, {})).toEqual({ name: NEWEST, version: NEWEST });
  expect(() => onlyVariant('a proof', {}, env)).toThrow(
    'a proof takes one Envoy version, found 2; name one with --envoy',
  );
});

test('an image alone is the only variant, and comes after the versions that are asked for too', () => {
  const image = { name: 'mine/envoy:dev', image: 'mine/envoy:dev' };
  expect(variantsFrom({ ENVOY_IMAGE: 'mine/envoy:dev' })).toEqual([image]);
  expect(variantsFrom({ ENVOY_IMAGE: 'mine/envoy:dev', ENVOY_VERSIONS: '1.37.0' })).toEqual([
    { name: '1.37.0', version: '1.37.0' },
    image,
  ]);
});

test('versions, images and binaries of options follow each other, and the environment counts without them', () => {
  const choice = { envoy: '1.37.0', envoyImage: ['mine/envoy:dev'], envoyBinary: ['/opt/envoy', 'build/envoy'] };
  expect(variantsOf(choice, { ENVOY_IMAGE: 'other' })).toEqual([
    { name: '1.37.0', version: '1.37.0' },
    { name: 'mine/envoy:dev', image: 'mine/envoy:dev' },
    { name: '/opt/envoy', binary: '/opt/envoy' },
    { name: 'build/envoy', binary: resolve('build/envoy') },
  ]);
  expect(variantsOf({}, { ENVOY_BINARY: '/opt/envoy' })).toEqual([{ name: '/opt/envoy', binary: '/opt/envoy' }]);
});

test('variants that a command has made are taken as they are', () => {
  const variants = [
    { name: '1.36.4', version: '1.36.4' },
    { name: '1.36.4 again', version: '1.36.4' },
  ];
  expect(variantsFrom({ BIGBOOK_VARIANTS: JSON.stringify(variants), ENVOY_VERSIONS: '1.40.0' })).toEqual(variants);
});

test.each(['envoyproxy/envoy:v1.40.0', 'envoy', 'localhost:5000/envoy/envoy:dev', `envoy@sha256:${'0'.repeat(64)}`])(
  '%s is an image',
  (image) => {
    expect(parseImage(image)).toBe(image);
  },
);

test.each(['', '-x', 'a b', 'envoy:', ':1'])('%j is none', (image) => {
  expect(() => parseImage(image)).toThrow(/^invalid image .*; expected a reference such as/);
});
