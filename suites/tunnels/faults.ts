import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { listener, networkFilter, route, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Faults } from '../../helpers/scenario/faults.ts';

const tcpProxy = (name: string) => networkFilter('envoy.filters.network.tcp_proxy', listener(name));
const connectRoute = (host: string) => route('CONNECT', virtualHost(host));
const refused = (host: string) =>
  config({ at: connectRoute(host), set: { 'route.upgrade_configs': [{ upgrade_type: 'CONNECT', enabled: false }] } });

export const faults: Faults = {
  'CONNECT disabled for the authority bytes:5000': {
    fault: refused('bytes'),
    why: 'no tunnel to the upstream without HTTP opens',
  },
  'CONNECT disabled for the authorities upstream:5000 and forwarded:5000': {
    fault: [refused('upstream'), refused('forwarded')],
    why: 'no tunnel to the HTTP upstream opens, and no CONNECT is forwarded',
  },
  'connect_config added to the route that forwards CONNECT': {
    fault: config({ at: connectRoute('forwarded'), add: { 'route.upgrade_configs[CONNECT].connect_config': {} } }),
    why: 'Envoy accepts the CONNECT itself',
  },
  'tunnel of port 4998 uses HTTP/1.1': {
    fault: config({ at: tcpProxy('tunnel-http2'), set: { 'typed_config.cluster': 'ingress-http1' } }),
    why: 'ends of the stream do not pass, and the log has another protocol',
  },
  'tunnel of port 4997 uses HTTP/2': {
    fault: config({ at: tcpProxy('tunnel-http1'), set: { 'typed_config.cluster': 'ingress-http2' } }),
    why: 'the client sees the end of the stream',
  },
  'end of a tunnel dated to a later version': {
    misdated: CHANGES.tunnelEndNotReset,
    why: 'claims expect an RST',
  },
  'option for early bytes dated to another version': {
    misdated: CHANGES.connectEarlyDataOption,
    why: 'the claim expects that Envoy does not start, or that it does',
  },
};

export const accepted: Record<string, string> = {
  'HTTP connection manager front: generate_request_id is true':
    'comparisons of versions read the bytes of the request, which an id makes another at each run',
};
