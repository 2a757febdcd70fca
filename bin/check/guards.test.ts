import { expect, test } from 'vitest';
import { checkGuards, parseGuards } from './guards.ts';

const ENVOYS = [{ envoyImage: 'a' }, { envoyImage: 'b' }];
const NAMES: Record<string, string[]> = {
  a: ['envoy.reloadable_features.old'],
  b: ['envoy.reloadable_features.reset_with_error'],
};
const guardsIn = async (image: string): Promise<string[]> => NAMES[image] ?? [];

test('a name without a dot is that of a reloadable feature', () => {
  expect(parseGuards(['old=false', 'envoy.reloadable_features.new=true'])).toEqual({
    'envoy.reloadable_features.old': false,
    'envoy.reloadable_features.new': true,
  });
  expect(() => parseGuards(['old'])).toThrow('--guard "old": expected NAME=true or NAME=false');
});

test('a guard of neither Envoy is refused in one line', async () => {
  const check = (option: string): Promise<void> => checkGuards(parseGuards([option]), ENVOYS, guardsIn);
  await expect(check('old=true')).resolves.toBeUndefined();
  await expect(check('envoy.features.enable_all_deprecated_features=true')).resolves.toBeUndefined();
  await expect(check('nosuch.guard=false')).rejects.toThrow('--guard: unknown guard "nosuch.guard"');
  await expect(check('reset_with_eror=true')).rejects.toThrow(
    '--guard: unknown guard "envoy.reloadable_features.reset_with_eror"; did you mean "envoy.reloadable_features.reset_with_error"?',
  );
  await expect(check('quite_another_thing=true')).rejects.toThrow(
    /^--guard: unknown guard "envoy\.reloadable_features\.quite_another_thing".*; neither Envoy has it$/,
  );
});
