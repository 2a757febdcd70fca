import { describe, expect } from 'vitest';
import { changesEnvoy, chapter, differs } from '../../fixtures/chapter.ts';
import { PORTS } from '../../helpers/constants/ports.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { connectionManager, route, virtualHost } from '../../helpers/envoy/select.ts';
import { customHeaders } from './scenario.ts';

const test = chapter(customHeaders);

const LISTENER = `127.0.0.1:${PORTS.listener}`;

describe('order of the levels', () => {
  test('a header that each level appends has a line for each: route, virtual host, route configuration', async ({
    lab,
    downstream,
  }) => {
    const { reply, received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-appended')).toEqual(['route', 'virtual host', 'route configuration']);
    expect(received[0]?.lines('x-request-downstream')).toEqual([reply.local, LISTENER, reply.local]);
  });

  test('what a downstream sends is the first line of such a header', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl, { headers: { 'x-appended': 'downstream' } });
    expect(received[0]?.lines('x-appended')).toEqual(['downstream', 'route', 'virtual host', 'route configuration']);
  });
});

describe('append actions', () => {
  test('OVERWRITE_IF_EXISTS_OR_ADD on each level leaves the value of the route configuration', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-overwritten')).toEqual(['route configuration']);
  });

  test('ADD_IF_ABSENT on each level leaves the value of the route', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['route']);
  });

  test('OVERWRITE_IF_EXISTS adds nothing by itself', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-overwritten-if-there')).toEqual([]);
  });

  test('a downstream can forge what is added if absent, and nothing that is overwritten', async ({
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

describe('levels that add nothing', () => {
  test('a route that adds nothing leaves that to its virtual host and the route configuration', async ({
    lab,
    downstream,
  }) => {
    const { received } = await downstream.get(`${lab.envoyUrl}/healthz`);
    expect(received[0]?.lines('x-appended')).toEqual(['virtual host', 'route configuration']);
    expect(received[0]?.lines('x-overwritten')).toEqual(['route configuration']);
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['virtual host']);
  });

  test('a virtual host that adds nothing leaves that to the route configuration', async ({ lab, downstream }) => {
    const { received } = await downstream.get(lab.envoyUrl, { headers: { host: 'another.host' } });
    for (const name of ['x-appended', 'x-overwritten', 'x-added-if-absent']) {
      expect(received[0]?.lines(name)).toEqual(['route configuration']);
    }
  });

  test('what is added to a request is not in the reply', async ({ lab, downstream }) => {
    const { reply } = await downstream.get(lab.envoyUrl);
    expect(reply.lines('x-appended')).toEqual([]);
  });
});

describe('substitution operators', () => {
  test('operators tell both ends of the connection of the downstream, and when its request began', async ({
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

  test('an operator of a header tells what the downstream sent, and leaves its own out where that is absent', async ({
    lab,
    downstream,
  }) => {
    const sent = await downstream.get(`${lab.envoyUrl}/operators`, { headers: { 'x-ask': 'this' } });
    const absent = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(sent.received[0]?.header('x-request-asked')).toBe('this');
    expect(absent.received[0]?.header('x-request-asked')).toBeUndefined();
  });

  test('an operator that is empty at that point leaves the header out, unless keep_empty_value', async ({
    lab,
    downstream,
  }) => {
    const { received, accessLog } = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(received[0]?.lines('x-request-upstream-remote')).toEqual([]);
    expect(received[0]?.lines('x-request-upstream-remote-kept')).toEqual(['']);
    // By the time of the log it is known.
    expect(accessLog[0]?.upstream_remote_address).toBe(received[0]?.local);
  });

  test('text around an empty operator stays', async ({ lab, downstream }) => {
    const { received } = await downstream.get(`${lab.envoyUrl}/operators`);
    expect(received[0]?.header('x-request-upstream-remote-in-text')).toBe('<>');
  });

  test('an empty operator overwrites what a downstream sent with keep_empty_value alone', async ({
    lab,
    downstream,
  }) => {
    const headers = { 'x-emptied': 'downstream', 'x-emptied-kept': 'downstream' };
    const { received } = await downstream.get(`${lab.envoyUrl}/operators`, { headers });
    expect(received[0]?.lines('x-emptied')).toEqual(['downstream']);
    expect(received[0]?.lines('x-emptied-kept')).toEqual(['']);
  });

  test(
    'the timeout that the router tells the upstream can be told again by a route since 1.37.0',
    differs(CHANGES.addsAfterTheRouter),
    async ({ lab, downstream, since }) => {
      const { received } = await downstream.get(`${lab.envoyUrl}/operators`);
      expect(received[0]?.header('x-envoy-expected-rq-timeout-ms')).toBe('15000');
      expect(received[0]?.header('x-request-timeout')).toBe(since(CHANGES.addsAfterTheRouter) ? '15000' : undefined);
    },
  );
});

describe('changed configuration', () => {
  test(
    'most_specific_header_mutations_wins reverses the order of the levels, and with it who wins',
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

  test('without the headers of the route the others still add theirs', changesEnvoy, async ({ lab, downstream }) => {
    await lab.restartEnvoy({ config: { at: route('/', virtualHost('all')), delete: ['request_headers_to_add'] } });
    const { received } = await downstream.get(lab.envoyUrl);
    expect(received[0]?.lines('x-appended')).toEqual(['virtual host', 'route configuration']);
    expect(received[0]?.lines('x-added-if-absent')).toEqual(['virtual host']);
  });
});
