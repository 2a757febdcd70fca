import { expect, test } from 'vitest';
import { parseConfig } from '../input/config-document.ts';
import { adminPortTaken } from './admin-port.ts';

const config = (admin: string, listener: string): string =>
  `admin: { address: { socket_address: { ${admin} } } }
static_resources:
  listeners:
  - { name: main, address: { socketAddress: { ${listener} } } }
`;

test('a listener on the port of the admin interface is found with its line', () => {
  const text = config('address: 127.0.0.1, port_value: 9901', 'address: 0.0.0.0, portValue: 9901');
  expect(adminPortTaken(parseConfig(text, 'x.yaml'))).toEqual({
    why: 'the listener main and the admin interface both use port 9901: address already in use',
    field: 'static_resources.listeners[0].address',
    line: 4,
  });
});

test.each([
  ['address: 127.0.0.1, port_value: 9901', 'address: 0.0.0.0, portValue: 9902'],
  ['address: 127.0.0.1, port_value: 9901', 'address: 127.0.0.2, portValue: 9901'],
  ['address: 127.0.0.1, port_value: 9901', 'address: 0.0.0.0, portValue: 9901, protocol: UDP'],
])('%s and %s do not collide', (admin, listener) => {
  expect(adminPortTaken(parseConfig(config(admin, listener), 'x.yaml'))).toBeUndefined();
});
