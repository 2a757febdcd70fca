import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, virtualHost } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults } from '../../helpers/scenario/faults.ts';
import { LISTENERS } from './scenario.ts';

const OPTIONS = 'http_protocol_options';
const CLUSTER_OPTIONS =
  'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions].explicit_http_config';

/** Sets options of HTTP/1.1 on the plain listener. */
const plainWith = (options: Record<string, unknown>): Fault =>
  config({ at: connectionManager('plain'), add: { [OPTIONS]: options } });

export const faults: Faults = {
  'virtual host has another domain': {
    fault: config({ at: virtualHost('all'), set: { 'domains[*]': 'other.test' } }),
    why: 'Envoy answers 404 to what it should forward',
  },
  'codec_type of all listeners is HTTP2': {
    fault: Object.keys(LISTENERS).map((name) => config({ at: connectionManager(name), add: { codec_type: 'HTTP2' } })),
    why: 'Envoy closes connections with HTTP/1.1 without a response',
  },
  'limits of request headers raised': {
    fault: config({
      at: connectionManager('plain'),
      add: { max_request_headers_kb: 96, common_http_protocol_options: { max_headers_count: 200 } },
    }),
    why: 'Envoy forwards larger requests',
  },
  'allow_chunked_length set on the plain listener': {
    fault: plainWith({ allow_chunked_length: true }),
    why: 'Envoy forwards requests with both headers',
  },
  'allow_chunked_length removed': {
    fault: config({ at: connectionManager('length-and-chunked'), delete: [OPTIONS] }),
    why: 'requests with both headers get 400',
  },
  'accept_http_10 set on the plain listener': {
    fault: plainWith({ accept_http_10: true }),
    why: 'Envoy accepts older versions of HTTP',
  },
  'accept_http_10 removed': {
    fault: ['http-1-0', 'default-host', 'legacy'].map((name) =>
      config({ at: connectionManager(name), delete: [`${OPTIONS}.accept_http_10`] }),
    ),
    why: 'older versions of HTTP get 426, and no response is of HTTP/1.0',
  },
  'default_host_for_http_10 is another host': {
    fault: config({ at: connectionManager('default-host'), set: { [`${OPTIONS}.default_host_for_http_10`]: 'other' } }),
    why: 'the upstream receives that host',
  },
  'enable_trailers set on the plain listener': {
    fault: plainWith({ enable_trailers: true }),
    why: 'trailers reach the cluster that has enable_trailers',
  },
  'enable_trailers removed from the cluster': {
    fault: config({
      at: cluster('upstream-with-trailers'),
      delete: [`${CLUSTER_OPTIONS}.http_protocol_options.enable_trailers`],
    }),
    why: 'trailers are dropped',
  },
  'enable_trailers set on the cluster upstream': {
    fault: config({
      at: cluster('upstream'),
      add: {
        typed_extension_protocol_options: {
          'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
            '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
            explicit_http_config: { http_protocol_options: { enable_trailers: true } },
          },
        },
      },
    }),
    why: 'trailers of the listener that has enable_trailers are not dropped',
  },
  'strict_chunk_parsing dated to a later version': {
    misdated: CHANGES.strictChunkParsing,
    why: 'the claim expects that the surplus is dropped',
  },
};

export const accepted: Record<string, string> = {
  'HTTP connection manager legacy: http_protocol_options.use_balsa_parser is true':
    'from 1.36.2 to 1.40.0, Envoy reads the messages of this chapter alike with either value',
};
