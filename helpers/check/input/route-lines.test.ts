import { expect, test } from 'vitest';
import { routeLines } from './route-lines.ts';

test('routes have the lines where they begin, by position or by name', () => {
  const text = `a:
  virtualHosts:
    - name: shop
      routes:
        - match: { prefix: /a }
        - name: second
          match: { prefix: / }
    - name: twice
      routes: [{}]
    - name: twice
      routes: [{}]
`;
  expect(Object.fromEntries(routeLines(text))).toEqual({ 'route shop[0]': 5, 'route second': 6 });
  expect(routeLines('- no config')).toEqual(new Map());
});
