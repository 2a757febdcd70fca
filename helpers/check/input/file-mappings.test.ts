import { expect, test } from 'vitest';
import { beside, mapped, readMappings } from './file-mappings.ts';

test('the longest mapping of a path is its own', () => {
  const mappings = readMappings(['./etc:/etc/envoy', './certs:/etc/envoy/certs/', 'a.pem:/a.pem', 'C:/x:/y']);
  expect(mapped('/etc/envoy/certs/x/y.pem', mappings)?.file).toBe('certs/x/y.pem');
  expect(mapped('/etc/envoy/lds.yaml', mappings)?.file).toBe('etc/lds.yaml');
  expect(mapped('/a.pem', mappings)?.file).toBe('a.pem');
  expect(mapped('/y/z', mappings)?.file).toBe('C:/x/z');
  expect(mapped('/etc/envoyx', mappings)).toBeUndefined();
});

test.each([
  ['certs', '--files "certs" is not HOST:CONTAINER, such as ./certs:/etc/envoy/certs'],
  ['certs:', '--files "certs:" is not HOST:CONTAINER, such as ./certs:/etc/envoy/certs'],
  ['a:b', '--files "a:b": "b" is not an absolute path'],
  ['a:/b/../../c', '--files "a:/b/../../c": the path "/b/../../c" must not contain ".."'],
])('%s is refused', (option, message) => {
  expect(() => readMappings([option])).toThrow(message);
});

test('a file beside a config may be in folders of its own path', () => {
  expect(beside('/etc/envoy/a.pem')).toEqual(['etc/envoy/a.pem', 'envoy/a.pem', 'a.pem']);
});
