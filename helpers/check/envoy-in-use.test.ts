import { expect, test } from 'vitest';
import { envoyInFile, nearestKnown, rankOf } from './envoy-in-use.ts';

test.each([
  ['.envoy-version', '1.36.4\n', '1.36.4', '.envoy-version'],
  ['Dockerfile', '# syntax\nFROM envoyproxy/envoy:v1.37.0\n', '1.37.0', 'Dockerfile:2'],
  ['Dockerfile', 'FROM envoyproxy/envoy:contrib-v1.38.3 AS proxy', '1.38.3', 'Dockerfile:1'],
  ['compose.yaml', 'services:\n  proxy:\n    image: envoyproxy/envoy:distroless-v1.39.3\n', '1.39.3', 'compose.yaml:3'],
  ['values.yaml', 'image:\n  repository: docker.example/envoyproxy/envoy\n  tag: v1.36.5\n', '1.36.5', 'values.yaml:3'],
])('%s that contains %j names %s', (name, text, version, where) => {
  expect(envoyInFile(name, text)).toEqual({ version, where });
});

test('a tag of another image, a comment and a floating tag name no version', () => {
  for (const text of ['repository: redis\ntag: 7.2.1', '# envoyproxy/envoy:v1.36.4', 'image: envoyproxy/envoy:latest'])
    expect(envoyInFile('values.yaml', text)).toBeUndefined();
});

test('the file of the version is more telling than images', () => {
  expect(rankOf('.envoy-version')).toBe(0);
  expect(rankOf('Dockerfile.proxy')).toBeLessThan(rankOf('docker-compose.yml') ?? 0);
  expect(rankOf('main.go')).toBeUndefined();
});

test('an unknown patch release is replaced by an older one of its minor version', () => {
  expect(nearestKnown('1.36.4')).toBe('1.36.4');
  expect(nearestKnown('1.36.99')).toMatch(/^1\.36\./);
  expect(nearestKnown('1.12.0')).toBeUndefined();
});
