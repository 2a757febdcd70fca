import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { cluster, connectionManager, listener, type Selector } from '../../helpers/envoy/select.ts';
import { config, type Fault, type Faults } from '../../helpers/scenario/faults.ts';
import { accepts } from '../shared/faults.ts';

const front = listener('front');
const context = (chain: string): string => `filter_chains[${chain}].transport_socket.typed_config`;
const DETAILS = 'typed_config.forward_client_cert_details';
const XFCC = ['sanitize', 'forward-only', 'append-forward', 'sanitize-set', 'always-forward-only'];

const setsDetails = (chain: string, value: string): Fault =>
  config({ at: front, set: { [`filter_chains[${chain}.front.test].filters.${DETAILS}`]: value } });
const trusts = (of: Selector, path: string, file: string): Fault =>
  config({ at: of, set: { [`${path}.common_tls_context.validation_context.trusted_ca.filename`]: file } });
const SOCKET = 'transport_socket.typed_config';
const unverified = (name: string): Fault =>
  config({ at: cluster(name), delete: [`${SOCKET}.common_tls_context.validation_context`] });

export const faults: Faults = {
  'alpn_protocols removed': {
    fault: config({ at: front, delete: [`${context('front.test')}.common_tls_context.alpn_protocols`] }),
    why: 'no client gets a protocol of ALPN',
  },
  'parameters of TLS versions and groups removed': {
    fault: ['tls12.front.test', 'tls13.front.test', 'p256.front.test'].map((chain) =>
      config({ at: front, delete: [`${context(chain)}.common_tls_context.tls_params`] }),
    ),
    why: 'the chains accept the versions and groups of the default',
  },
  'minimum version of the bare listener removed': {
    fault: config({ at: listener('bare'), delete: [`${context('#1')}.common_tls_context.tls_params`] }),
    why: 'a client of TLS 1.2 is accepted',
  },
  'tls_inspector removed': {
    fault: config({ at: front, delete: ['listener_filters'] }),
    why: 'Envoy knows no SNI, so no chain matches',
  },
  'bare listener without TLS': {
    fault: config({ at: listener('bare'), delete: ['filter_chains[#1].transport_socket'] }),
    why: 'no handshake takes place',
  },
  'require_client_certificate is false': {
    fault: config({ at: front, set: { [`${context('required.front.test')}.require_client_certificate`]: false } }),
    why: 'a client without a certificate is accepted',
  },
  'chains trust the certificate of the server alone': {
    fault: ['required.front.test', 'named.front.test', ...XFCC.map((mode) => `${mode}.front.test`)].map((chain) =>
      trusts(front, context(chain), '/certs/front.pem'),
    ),
    why: 'no client certificate is accepted',
  },
  'client certificates are not verified': {
    fault: ['required.front.test', 'named.front.test', 'sanitize.front.test'].map((chain) =>
      config({ at: front, delete: [`${context(chain)}.common_tls_context.validation_context`] }),
    ),
    why: 'every client certificate is accepted',
  },
  'forward_client_cert_details of each chain is another': {
    fault: [
      setsDetails('sanitize', 'ALWAYS_FORWARD_ONLY'),
      ...['forward-only', 'append-forward', 'sanitize-set', 'always-forward-only'].map((mode) =>
        setsDetails(mode, 'SANITIZE'),
      ),
    ],
    why: 'the upstream receives another x-forwarded-client-cert',
  },
  'cluster web leads to the bytes upstream': {
    fault: config({
      at: cluster('web'),
      set: { 'load_assignment.endpoints.lb_endpoints.endpoint.address.socket_address.port_value': 5006 },
    }),
    why: 'no request gets a response',
  },
  'auto_sni and auto_san_validation removed': {
    fault: config({
      at: cluster('auto'),
      delete: [
        'typed_extension_protocol_options[envoy.extensions.upstreams.http.v3.HttpProtocolOptions].upstream_http_protocol_options',
      ],
    }),
    why: 'Envoy sends no SNI, and accepts a certificate of any name',
  },
  'every cluster has the SNI other.test': {
    fault: [
      config({ at: cluster('verified'), add: { [`${SOCKET}.sni`]: 'other.test' } }),
      config({ at: cluster('fixed'), set: { [`${SOCKET}.sni`]: 'other.test' } }),
      config({ at: cluster('hello12'), set: { [`${SOCKET}.sni`]: 'other.test' } }),
      config({ at: cluster('hello13'), set: { [`${SOCKET}.sni`]: 'other.test' } }),
    ],
    why: 'the upstream receives another name, in a ClientHello of another size',
  },
  "Envoy's certificate removed from the cluster mutual": {
    fault: config({ at: cluster('mutual'), delete: [`${SOCKET}.common_tls_context`] }),
    why: 'the upstream receives no certificate',
  },
  'maximum version of the cluster auto removed': {
    fault: config({ at: cluster('auto'), delete: [`${SOCKET}.common_tls_context.tls_params`] }),
    why: 'Envoy uses TLS 1.2',
  },
  'max_session_keys of the cluster resumed is 0': {
    fault: config({ at: cluster('resumed'), add: { [`${SOCKET}.max_session_keys`]: 0 } }),
    why: 'each connection makes a session of its own',
  },
  'upstream certificates are not verified': {
    fault: ['expired', 'stranger', 'named'].map(unverified),
    why: 'Envoy accepts any upstream',
  },
  'cluster plain without TLS': {
    fault: config({ at: cluster('plain'), delete: ['transport_socket'] }),
    why: 'the upstream answers',
  },
  'clusters hello12 and bytes lead to an upstream with TLS': {
    fault: ['hello12', 'bytes', 'secure-bytes'].map((name) =>
      config({
        at: cluster(name),
        set: { 'load_assignment.endpoints.lb_endpoints.endpoint.address.socket_address.port_value': 5001 },
      }),
    ),
    why: 'the scripts of the byte upstreams do not play',
  },
  'cluster any-usage has the TLS upstream with an ECDSA key': {
    fault: config({
      at: cluster('any-usage'),
      set: { 'load_assignment.endpoints.lb_endpoints.endpoint.address.socket_address.port_value': 5001 },
    }),
    why: 'the cipher is one of ECDSA',
  },
  'route /fixed/ returns a direct_response': {
    fault: config({
      at: connectionManager('origination'),
      delete: ['route_config.virtual_hosts.routes[/fixed/].route'],
      add: { 'route_config.virtual_hosts.routes[/fixed/].direct_response': { status: 200 } },
    }),
    why: 'no upstream ends the connection',
  },
  'details of verification dated to a later version': {
    misdated: CHANGES.verificationDetails,
    why: 'claims expect no details',
  },
  'key usage dated to a later version': {
    misdated: CHANGES.keyUsageEnforced,
    why: 'the claim expects that the certificate is accepted',
  },
  'key usage without an exception dated to a later version': {
    misdated: CHANGES.keyUsageAlwaysEnforced,
    why: 'the claim expects that the certificate is accepted',
  },
  'X25519MLKEM768 dated to a later version': {
    misdated: CHANGES.postQuantumGroup,
    why: 'claims expect X25519',
  },
  'RSTs over TLS dated to a later version': {
    misdated: CHANGES.tlsResetPassedOn,
    why: 'claims expect the end of the stream',
  },
  'RSTs of clients dated to a later version': {
    misdated: CHANGES.downstreamResetPassedOn,
    why: "the claim expects the end of the client's stream",
  },
  'fix of the crash dated to a later version': {
    misdated: CHANGES.requestedServerNameCrash,
    why: 'the claim expects a crash',
  },
};

const SESSIONS = ['auto', 'fixed', 'mutual', 'verified', 'encipherment', 'any-usage', 'unenforced', 'secure-bytes'];

export const accepted: Record<string, string> = {
  ...accepts(
    'the config turns resumption off, so that a handshake does not depend on the order of claims',
    SESSIONS.map((cluster) => `cluster ${cluster}: transport_socket.typed_config.max_session_keys is 1`),
  ),
  'cluster unenforced: transport_socket.typed_config.enforce_rsa_key_usage is true':
    'since 1.40.0, Envoy enforces key usages either way',
  'cluster named: transport_socket.typed_config.common_tls_context.validation_context.match_typed_subject_alt_names.matcher.exact is "c.testx"':
    'the certificate has neither name',
};
