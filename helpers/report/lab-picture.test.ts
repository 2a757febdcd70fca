import { expect, test } from 'vitest';
import { formatPicture, interfacesOf, linksOf, type PictureHost } from './lab-picture.ts';

const HOSTS: PictureHost[] = [
  { name: 'router', interfaces: [{ name: 'to-blue', addresses: ['198.51.100.1'] }], serves: [] },
  { name: 'blue', interfaces: [{ name: 'eth0', addresses: ['198.51.100.10'] }], serves: ['port 80'] },
  { name: 'alone', interfaces: [{ name: 'eth0', addresses: ['192.0.2.1'] }], serves: [] },
];

test('link-local addresses of an interface are left out', () => {
  const lo = { ifname: 'lo', addr_info: [{ local: '127.0.0.1', scope: 'host' }] };
  const eth0 = {
    ifname: 'eth0',
    addr_info: [{ local: '192.0.2.1', scope: 'global' }, { local: 'fe80::1', scope: 'link' }, { scope: 'global' }],
  };
  expect(interfacesOf(JSON.stringify([lo, eth0]))).toEqual([
    { name: 'lo', addresses: ['127.0.0.1'] },
    { name: 'eth0', addresses: ['192.0.2.1'] },
  ]);
});

test('an interface to-HOST is linked to eth0 of that host', () => {
  expect(linksOf(HOSTS)).toEqual([
    {
      from: { host: 'router', interface: 'to-blue', addresses: ['198.51.100.1'] },
      to: { host: 'blue', interface: 'eth0', addresses: ['198.51.100.10'] },
    },
  ]);
});

test('a picture has no section without content', () => {
  const bare = { slug: 'a', title: 'A', requirement: 'It holds.', hosts: HOSTS, links: linksOf(HOSTS) };
  expect(formatPicture({ ...bare, rules: [], routing: [], tries: ['npm run bigbook -- rules a'] })).toBe(`a: A
It holds.

Hosts
  host    link     addresses           addresses      link  host
  router  to-blue  198.51.100.1  ────  198.51.100.10  eth0  blue

Serving
  blue: port 80

Try
  npm run bigbook -- rules a
`);
  const rules = [{ host: 'router', table: 'nat', text: '-A OUTPUT -j ACCEPT', comment: 'why' }];
  const routing = [{ host: 'router', command: 'rule add fwmark 0x1 lookup 100' }];
  const text = formatPicture({ ...bare, rules, routing, tries: [] });
  expect(text).toContain('Rules of router\n  # why\n  -t nat -A OUTPUT -j ACCEPT\n');
  expect(text).toContain('Policy routing\n  router: ip rule add fwmark 0x1 lookup 100\n');
});
