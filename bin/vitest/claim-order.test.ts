import { expect, test } from 'vitest';
import { randomFrom, shuffled } from '../../helpers/util/shuffled.ts';
import { changesEnvoyLast, shuffleClaims } from './claim-order.ts';

type Task = ReturnType<typeof claim> | Group;
interface Group {
  type: 'suite';
  name: string;
  mode: string;
  tasks: Task[];
}

/** A claim; a name in capitals changes Envoy. */
const claim = (name: string, mode = 'run') => ({
  ...{ type: 'test' as const, name, mode },
  meta: name === name.toUpperCase() ? { changesEnvoy: true } : {},
});
const group = (name: string, ...tasks: Task[]): Group => ({ type: 'suite', name, mode: 'run', tasks });

/** `a (one b C)`: a claim, and a group with two. */
const written = ({ tasks }: Group): string =>
  tasks.map((task) => (task.type === 'test' ? task.name : `(${task.name} ${written(task)})`)).join(' ');

function ordered(file: Group, whole: string[] = []): string {
  const names = new Map<object, string>();
  const name = (each: Group): void => {
    names.set(each, each.name);
    for (const task of each.tasks) if (task.type === 'suite') name(task);
  };
  name(file);
  changesEnvoyLast(file, (each) => whole.includes(names.get(each) ?? ''));
  return written(file);
}

test('claims that change Envoy run last, in the order of the file', () => {
  expect(ordered(group('file', claim('A'), claim('b'), claim('C'), claim('d')))).toBe('b d A C');
});

test('they leave groups that have others; a group without others moves with them', () => {
  const file = group(
    'file',
    group('one', claim('a'), claim('B'), group('inner', claim('C'), claim('d'))),
    group('two', claim('E')),
    claim('f'),
  );
  expect(ordered(file)).toBe('(one a (inner d)) f B C (two E)');
});

test('a group that runs in one go stays whole, before the claims that change Envoy', () => {
  const file = group('file', group('whole', claim('A'), claim('b'), claim('C')), claim('D'), claim('e'));
  expect(ordered(file, ['whole'])).toBe('e (whole b A C) D');
});

test('a whole group leaves the group that it is in, unless that had no other claim', () => {
  const whole = () => group('whole', claim('A'), claim('b'));
  const kept = () => group('kept', claim('c'));
  const order = (...tasks: Task[]): string =>
    ordered(group('file', group('one', whole(), ...tasks), kept()), ['whole', 'kept']);
  expect(order(claim('D'), claim('e'))).toBe('(one e) (kept c) (whole b A) D');
  expect(order(claim('D'))).toBe('(kept c) (one (whole b A) D)');
});

test('what is skipped stays where it is', () => {
  const skipped = { ...group('skipped', claim('A', 'skip')), mode: 'skip' };
  expect(ordered(group('file', claim('B', 'skip'), skipped, claim('C'), claim('d')))).toBe('B (skipped A) d C');
});

test('a seed shuffles groups and claims; those that change Envoy still run last', () => {
  const file = () =>
    group('file', group('one', claim('a'), claim('B'), claim('c')), claim('D'), group('two', claim('e'), claim('f')));
  const orderOf = (seed: number) => {
    const random = randomFrom(seed);
    const one = file();
    shuffleClaims(one, (tasks) => shuffled(tasks, random));
    return ordered(one);
  };
  const orders = Array.from({ length: 40 }, (_, seed) => orderOf(seed));
  expect(orders[3]).toBe(orderOf(3));
  expect(new Set(orders.map((order) => order.replace(/ [BD] [BD]$/, '')))).toEqual(
    new Set(
      ['(one a c)', '(one c a)'].flatMap((one) =>
        ['(two e f)', '(two f e)'].flatMap((two) => [`${one} ${two}`, `${two} ${one}`]),
      ),
    ),
  );
  expect(new Set(orders.map((order) => order.slice(-3)))).toEqual(new Set(['B D', 'D B']));
});
