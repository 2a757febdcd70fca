import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, route, virtualHost } from '../../helpers/envoy/select.ts';
import { customHeaders } from './scenario.ts';

const test = chapter(customHeaders);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

describe('order of route, virtual host and route configuration', () => {
  test('with APPEND_IF_EXISTS_OR_ADD, lines arrive in this order: route, virtual host, route configuration', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-appended')).toEqual(['route', 'virtual host', 'route configuration']);
    expect(received[0]?.lines('x-request-downstream')).toEqual([reply.local, LISTENER, reply.local]);
  });

  test('a client-sent header comes before the lines appended with APPEND_IF_EXISTS_OR_ADD', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl, { headers: { 'x-appended': 'downstream' } });
    expect(received[0]?.lines('x-appended')).toEqual(['downstream', 'route', 'virtual host', 'route configuration']);
  });
});

describe('append_action', () => {
  test('OVERWRITE_IF_EXISTS_OR_ADD on route, virtual host and route configuration: the route configuration wins', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-overwritten')).toEqual(['route configuration']);
  });

  test('ADD_IF_ABSENT on route, virtual host and route configuration: the route wins', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['route']);
  });

  test('OVERWRITE_IF_EXISTS adds no header that the client did not send', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-overwritten-if-there')).toEqual([]);
  });

  test('a client can forge a header with ADD_IF_ABSENT, but not with OVERWRITE_IF_EXISTS or OVERWRITE_IF_EXISTS_OR_ADD', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl, {
      headers: [
        ...['x-added-if-absent', 'x-overwritten', 'x-overwritten-if-there'].map((name): [string, string] => [
          name,
          'me',
        ]),
        ['x-overwritten', 'me again'],
      ],
    });
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['me']);
    expect(received[0]?.lines('x-overwritten')).toEqual(['route configuration']);
    expect(received[0]?.lines('x-overwritten-if-there')).toEqual(['route configuration']);
  });
});

describe('levels without request_headers_to_add', () => {
  test('a route without request_headers_to_add gets the headers of virtual host and route configuration', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(`${lab.envoyUrl}/healthz`);
    expect(received[0]?.lines('x-appended')).toEqual(['virtual host', 'route configuration']);
    expect(received[0]?.lines('x-overwritten')).toEqual(['route configuration']);
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['virtual host']);
  });

  test('a virtual host without request_headers_to_add gets only the headers of the route configuration', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl, { headers: { host: 'another.host' } });
    for (const name of ['x-appended', 'x-overwritten', 'x-added-if-absent']) {
      expect(received[0]?.lines(name)).toEqual(['route configuration']);
    }
  });

  test('a header from request_headers_to_add is not in the response', async ({ lab, downstream }) => {
    const { reply } = await downstream.get(lab.envoyUrl);
    expect(reply.lines('x-appended')).toEqual([]);
  });
});

describe('command operators', () => {
  test('%DOWNSTREAM_REMOTE_ADDRESS%, %DOWNSTREAM_LOCAL_ADDRESS% and %START_TIME(...)% add addresses and time', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(`${lab.envoyUrl}/operators`);
    const [request] = received;
    expect(request?.path).toBe('/');
    expect(request?.header('x-request-downstream-remote')).toBe(reply.local);
    expect(request?.header('x-request-downstream-local')).toBe(LISTENER);
    expect(request?.header('x-request-start-time')).toMatch(/^\d{4}\/\d\d\/\d\dT\d\d:\d\d:\d\d\+0000 \d{10}$/);
  });

  test("%REQ(x-ask)% copies the client's x-ask header and adds no header where x-ask is absent", async ({
    lab,
    downstream,
  }) => {
    const sent = await downstream.get(`${lab.envoyUrl}/operators`, { headers: { 'x-ask': 'this' } });
    const absent = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(sent.received[0]?.header('x-request-asked')).toBe('this');
    expect(absent.received[0]?.header('x-request-asked')).toBeUndefined();
  });

  test('%UPSTREAM_REMOTE_ADDRESS% is empty in a request header, which is left out unless keep_empty_value is set', async ({
    lab,
    downstream,
  }) => {
    const { received, accessLog } = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(received[0]?.lines('x-request-upstream-remote')).toEqual([]);
    expect(received[0]?.lines('x-request-upstream-remote-kept')).toEqual(['']);
    // The upstream address is known when Envoy writes the access log.
    expect(accessLog[0]?.upstream_remote_address).toBe(received[0]?.local);
  });

  test('text around an empty %UPSTREAM_REMOTE_ADDRESS% stays in the request header', async ({ lab, downstream }) => {
    const { received } = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(received[0]?.header('x-request-upstream-remote-in-text')).toBe('<>');
  });

  test("an empty operator with OVERWRITE_IF_EXISTS_OR_ADD replaces the client's value only with keep_empty_value", async ({
    lab,
    downstream,
  }) => {
    const headers = { 'x-emptied': 'downstream', 'x-emptied-kept': 'downstream' };
    const { received } = await downstream.get(`${lab.envoyUrl}/operators`, { headers });
    expect(received[0]?.lines('x-emptied')).toEqual(['downstream']);
    expect(received[0]?.lines('x-emptied-kept')).toEqual(['']);
  });

  test(
    'since 1.37.0, %REQ(x-envoy-expected-rq-timeout-ms)% on a route returns the value that the router sets',
    differs(CHANGES.routerHeadersBeforeRouteHeaders),
    async ({ lab, downstream, since }) => {
      const { received } = await downstream.get(`${lab.envoyUrl}/operators`);
      expect(received[0]?.header('x-envoy-expected-rq-timeout-ms')).toBe('15000');
      expect(received[0]?.header('x-request-timeout')).toBe(
        since(CHANGES.routerHeadersBeforeRouteHeaders) ? '15000' : undefined,
      );
    },
  );
});

describe('changed configuration', () => {
  test(
    'most_specific_header_mutations_wins reverses the order of the levels: the route overwrites last',
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({
        config: { at: connectionManager(), add: { 'route_config.most_specific_header_mutations_wins': true } },
      });
      const headers = { 'x-overwritten-if-there': 'downstream' };
      const ofRoute = await downstream.get(lab.envoyUrl, { headers });
      const ofVirtualHost = await downstream.get(`${lab.envoyUrl}/healthz`, { headers });
      const levels = ['route configuration', 'virtual host', 'route'];
      expect(ofRoute.received[0]?.lines('x-appended')).toEqual(levels);
      expect(ofVirtualHost.received[0]?.lines('x-appended')).toEqual(levels.slice(0, 2));
      for (const name of ['x-overwritten', 'x-overwritten-if-there']) {
        expect(ofRoute.received[0]?.lines(name), name).toEqual(['route']);
        expect(ofVirtualHost.received[0]?.lines(name), name).toEqual(['virtual host']);
      }
      expect(ofRoute.received[0]?.lines('x-added-if-absent')).toEqual(['route configuration']);
    },
  );

  test(
    "deleting a route's request_headers_to_add drops only its lines; the virtual host's ADD_IF_ABSENT then wins",
    changesEnvoy,
    async ({ lab, downstream }) => {
      await lab.restartEnvoy({ config: { at: route('/', virtualHost('all')), delete: ['request_headers_to_add'] } });
      const { received } = await downstream.get(lab.envoyUrl);
      expect(received[0]?.lines('x-appended')).toEqual(['virtual host', 'route configuration']);
      expect(received[0]?.lines('x-added-if-absent')).toEqual(['virtual host']);
    },
  );
});
