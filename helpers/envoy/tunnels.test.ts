import { expect, test } from 'vitest';
import { isTunnel, tellsEnd, withoutEnd } from './tunnels.ts';

const tunnel = { method: 'CONNECT', authority: 'blue:443', response_code: 200, response_flags: 'DC', bytes_sent: 3081 };

test('a CONNECT that was granted, an upgrade and TLS that is passed on are tunnels, and nothing else is', () => {
  expect(isTunnel(tunnel)).toBe(true);
  expect(isTunnel({ method: 'GET', response_code: 101 })).toBe(true);
  expect(isTunnel({ upstream_host: '198.51.100.10:443' })).toBe(true);
  expect(isTunnel({ upstream_host: '198.51.100.10:5000' })).toBe(false);
  expect(isTunnel({ upstream_host: '198.51.100.10:443', method: 'GET' })).toBe(false);
  expect(isTunnel({ ...tunnel, response_code: 404 })).toBe(false);
  expect(isTunnel({ ...tunnel, method: 'GET' })).toBe(false);
});

test('how a tunnel ended and what it carried is left out of its entry; of another one nothing', () => {
  expect(withoutEnd(tunnel)).toEqual({ method: 'CONNECT', authority: 'blue:443', response_code: 200 });
  expect(withoutEnd({ ...tunnel, method: 'GET' })).toEqual({ ...tunnel, method: 'GET' });
});

test('counters of which end went first are told from those of how many there were', () => {
  const counters = [
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_destroy_remote_active_rq',
    'http.ingress.downstream_cx_destroy_active_rq',
    'http.ingress.downstream_rq_rx_reset',
    'http.ingress.downstream_cx_upgrades_total',
    'cluster.c.upstream_cx_destroy_with_active_rq',
  ];
  expect(counters.filter((counter) => !tellsEnd(counter))).toEqual([
    'http.ingress.downstream_cx_destroy',
    'http.ingress.downstream_cx_upgrades_total',
  ]);
});
