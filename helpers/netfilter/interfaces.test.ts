import { expect, test } from 'vitest';
import { cardsIn, linksOfCards, withLinks } from './interfaces.ts';

const RULES =
  '-A PREROUTING -i enp0s3 -j A\n-A POSTROUTING -o eth1 -j B\n-A FORWARD ! -i docker0 -o enp0s3 -j C\niifname "wlan0" drop\nroute add default dev eth1 table 9';

test('network cards that rules name, and those that a script speaks of', () => {
  expect(cardsIn(`${RULES}\nIP=$(ip -4 addr show ens5)\n`)).toEqual(['enp0s3', 'eth1', 'wlan0', 'ens5']);
  expect(cardsIn('iptables -A INPUT -i eth+ -j ACCEPT')).toEqual(['eth0']);
});

test('a card where packets come in is the link towards the downstream, another one that towards the upstreams', () => {
  const links = linksOfCards([RULES], { inside: 'to-downstream', outside: 'to-+' });
  expect(links).toEqual({ enp0s3: 'to-downstream', eth1: 'to-+', wlan0: 'to-downstream' });
  expect(withLinks(RULES, links)).toBe(
    '-A PREROUTING -i to-downstream -j A\n-A POSTROUTING -o to-+ -j B\n-A FORWARD ! -i docker0 -o to-downstream -j C\niifname "to-downstream" drop\nroute add default dev to-+ table 9',
  );
});
