import { expect, test } from 'vitest';
import { sequenceOf } from './sequence.ts';

test('lanes, arrows and notes; long texts are wrapped, and characters of Mermaid are escaped', () => {
  const diagram = sequenceOf({
    command: 'curl x',
    lanes: ['downstream', 'Envoy'],
    steps: [
      { from: 'downstream', to: 'Envoy', text: 'SYN a → b' },
      { over: ['downstream', 'Envoy'], text: `rule; "${'word '.repeat(12)}" <local> #1` },
    ],
    conntrack: [],
    ended: 'exit status 0',
  });
  expect(diagram.split('\n')).toEqual([
    'sequenceDiagram',
    '  participant lane1 as downstream',
    '  participant lane2 as Envoy',
    '  Note over lane1: curl x',
    '  lane1->>lane2: SYN a → b',
    '  Note over lane1,lane2: rule#59; #34;word word word word word word word word word word<br>word word #34; #60;local#62; #35;1',
    '  Note over lane1: exit status 0',
  ]);
});

test('notes in a row over the same lanes are one note; conntrack entries stand at the end', () => {
  const diagram = sequenceOf({
    ...{ command: 'curl x', lanes: ['downstream', 'Envoy', 'blue'], ended: 'exit status 0' },
    steps: [
      { over: ['Envoy'], text: 'a' },
      { over: ['Envoy'], text: 'b' },
      { over: ['blue'], text: 'c' },
    ],
    conntrack: ['host: d'],
  });
  expect(diagram.split('\n').slice(5)).toEqual([
    '  Note over lane2: a<br>b',
    '  Note over lane3: c',
    '  Note over lane1: exit status 0',
    '  Note over lane1,lane2: conntrack entries:<br>host: d',
  ]);
});
