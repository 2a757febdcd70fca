import { expect, test } from 'vitest';
import { mask } from '../masking.ts';
import { checks } from './checks.ts';

test('request ids and ephemeral ports are masked, configured ports are not', () => {
  const peer = (port_value: number) => ({ address: { socket_address: { address: '192.0.2.1', port_value } } });
  const check = { attributes: { source: peer(2048), destination: peer(4999), request: { http: { id: '7' } } } };
  const { attributes } = mask(check, {}, checks.masks);
  expect(attributes.source.address.socket_address.port_value).toBe('<port>');
  expect(attributes.destination.address.socket_address.port_value).toBe(4999);
  expect(attributes.request.http.id).toBe('<id>');
});
