import { expect, test } from 'vitest';
import { faultOf, slugOf, trialModule, variantIn, variantModule, withoutVariant, withPaths } from './suite-files.ts';

const FILE = '/project/suites/original-dst/claims.test.ts';

test.each(['REDIRECT rule removed', "route '/a?b=%20' (é) names 50 % of #1"])(
  'the module of a trial names its chapter and its fault: %s',
  (fault) => {
    const id = trialModule(FILE, fault);
    expect([slugOf(id), faultOf(id)]).toEqual(['original-dst', fault]);
    expect(id).toMatch(/^[\w/.?=-]+$/);
    expect(withPaths(`at ${id}:12:3`)).toBe(`at ${FILE}:12:3`);
  },
);

test('a file of claims in bigbook/ is of the setup with its name', () => {
  const file = '/project/bigbook/edge-proxy.test.ts';
  expect([file, variantModule(file, '1.36.4'), trialModule(file, 'a.b')].map(slugOf)).toEqual(
    Array(3).fill('edge-proxy'),
  );
});

test('the module of a run injects no fault', () => {
  expect(faultOf(FILE)).toBeUndefined();
});

test.each(['1.36.4', '1.36.4 again', 'registry.example:5000/envoy@sha256:0a'])(
  'the test module of a variant names it: %s',
  (variant) => {
    const id = variantModule(FILE, variant);
    expect([slugOf(id), variantIn(id), faultOf(id)]).toEqual(['original-dst', variant, undefined]);
    expect(withPaths(`at ${id}:12:3`)).toBe(`at ${FILE}:12:3`);
    expect(variantIn(FILE)).toBeUndefined();
    expect([id, FILE].map(withoutVariant)).toEqual([FILE, FILE]);
  },
);
