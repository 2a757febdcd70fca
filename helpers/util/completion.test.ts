import { expect, test } from 'vitest';
import { type CommandShape, complete, type Place, type Source } from './completion.ts';

const shape = (name: string, change: Partial<CommandShape> = {}): CommandShape => ({
  ...{ name, description: `does ${name}`, options: [], commands: [] },
  ...change,
});

const option = (flag: string, takesValue = true, choices: string[] = []) => ({
  ...{ flag, description: `means ${flag}`, takesValue, choices },
});

const ROOT = shape('bigbook', {
  commands: [
    shape('run', { options: [option('--envoy'), option('--json', false), option('--fail-on', true, ['any', 'none'])] }),
    shape('bench', { options: [option('--runs')], commands: [shape('proxies')] }),
  ],
});

const places: Place[] = [];

const SOURCE: Source = async (place) => {
  places.push(place);
  if (place.option === '--envoy') return ['1.36.4', '1.40.0'].map((value) => ({ value }));
  if (place.option !== undefined) return 'files';
  return [{ value: 'original-dst' }, { value: 'tcp-proxy' }];
};

async function values(...words: string[]): Promise<string[] | string> {
  const completion = await complete(ROOT, words, SOURCE);
  return completion === 'files' ? completion : completion.map(({ value }) => value);
}

test('completes commands, their arguments and options', async () => {
  expect(await values('')).toEqual(['run', 'bench']);
  expect(await complete(ROOT, ['r'], SOURCE)).toEqual([{ value: 'run', description: 'does run' }]);
  expect(await values('nope', '')).toEqual([]);
  expect(await values('run', '')).toEqual(['original-dst', 'tcp-proxy']);
  expect(await values('run', '--')).toEqual(['--envoy', '--json', '--fail-on']);
  expect(await values('run', '--json', '--')).toEqual(['--envoy', '--fail-on']);
  expect(await values('bench', 'p')).toEqual(['proxies']);
});

test('a source receives the preceding words', async () => {
  await values('run', '--envoy', '1.36.4', '--json', 'original-dst', 't');
  expect(places.at(-1)).toEqual({ command: 'run', before: ['original-dst'] });
  await values('bench', 'proxies', 'a', '');
  expect(places.at(-1)).toEqual({ command: 'bench proxies', before: ['a'] });
  await values('run', 'original-dst', '--envoy', '');
  expect(places.at(-1)).toEqual({ command: 'run', before: ['original-dst'], option: '--envoy' });
});

test('completes values of options in both forms and in lists', async () => {
  expect(await values('run', '--envoy', '1.3')).toEqual(['1.36.4']);
  expect(await values('run', '--envoy=1.4')).toEqual(['--envoy=1.40.0']);
  expect(await values('run', '--envoy', '1.36.4,1.4')).toEqual(['1.36.4,1.40.0']);
  expect(await values('run', '--fail-on', '')).toEqual(['any', 'none']);
  expect(await values('bench', '--runs', '')).toBe('files');
});

test('completes nothing after --', async () => {
  expect(await values('run', 'x', '--', 'cu')).toBe('files');
});
