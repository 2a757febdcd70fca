import { expect, test } from 'vitest';
import { adminPages } from './admin-page.ts';

test("the pages of Envoy's help", () => {
  const help = `admin commands are:
  /: Admin home page
  /certs: print certs on machine
  /config_dump: dump current Envoy configs (experimental)
      resource: The resource to dump
  /drain_listeners (POST): drain listeners
  /stats/prometheus: print server stats in prometheus format
`;
  expect(adminPages(help)).toEqual(['/certs', '/config_dump', '/drain_listeners', '/stats/prometheus']);
});
