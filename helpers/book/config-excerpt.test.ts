import { expect, test } from 'vitest';
import { cluster } from '../envoy/select.ts';
import { configExcerpt } from './config-excerpt.ts';

const CONFIG = `# A comment.
static_resources:
  listeners:
    - name: ingress
  clusters:
    - name: blue
      connect_timeout: 0.5s
      load_assignment:
        cluster_name: blue
    - name: green
      connect_timeout: 1s
`;

test('the lines that a change addresses stand with the objects around them, a mark for each gap', () => {
  expect(configExcerpt(CONFIG, [{ at: cluster('green'), set: { connect_timeout: '2s' } }])).toBe(
    [
      ...['static_resources:', '  # …', '  clusters:', '    # …'],
      ...['    - name: green', '      connect_timeout: 1s'],
    ].join('\n'),
  );
});

test('of what a change adds, the object that gets it', () => {
  expect(configExcerpt(CONFIG, [{ at: cluster('blue'), add: { type: 'STATIC' } }])).toContain('    - name: blue');
});

test('without changes, or with more lines than an excerpt has, there is none', () => {
  expect(configExcerpt(CONFIG, [])).toBeUndefined();
  const many = Array.from({ length: 50 }, (_, at) => `    - name: c${at}`).join('\n');
  const changes = Array.from({ length: 50 }, (_, at) => ({ at: cluster(`c${at}`), delete: ['name'] }));
  expect(configExcerpt(`static_resources:\n  clusters:\n${many}\n`, changes)).toBeUndefined();
});
