import type { ConfigDump } from '../envoy/config-dump.ts';
import { type Json, type JsonObject, objectAt, objectsOf, textAt } from '../util/json.ts';
import { isOf, messagesIn } from './messages.ts';

/** How Envoy secures its connections to a cluster. */
export interface UpstreamTls {
  /** What the upstream's certificate has to be valid for. */
  names: string[];
  /** Whether a name depends on the request: the domains of virtual hosts. */
  ofRequests: boolean;
  /** Files with the authorities that Envoy trusts. */
  trustedFiles: string[];
  /** Why Envoy cannot trust a certificate of the lab. */
  untrusted?: string;
}

/** The TLS of a cluster; undefined where its connections are not secured. */
export function upstreamTlsOf(cluster: JsonObject, dump: ConfigDump): UpstreamTls | undefined {
  const sockets = [cluster.transport_socket, ...objectsOf(cluster.transport_socket_matches)];
  const contexts = sockets.flatMap((socket) =>
    messagesIn(socket).filter((message) => isOf(message, 'UpstreamTlsContext')),
  );
  if (contexts.length === 0) return undefined;
  const all = contexts.map(({ body }) => ({ body, validations: validationsOf(body, dump) }));
  const validations = all.flatMap((each) => each.validations);
  const options = JSON.stringify(cluster.typed_extension_protocol_options ?? {});
  const ofRequests =
    /"auto_san_validation":true|"auto_sni":true/.test(options) ||
    all.some(({ body }) => body.auto_host_sni === true || body.auto_sni_san_validation === true);
  const untrusted = validations.map(untrustedBy).find((each) => each !== undefined);
  return {
    names: [...all.flatMap(({ body }) => textAt(body, 'sni') ?? []), ...validations.flatMap(namesOf)],
    ofRequests,
    trustedFiles: validations.flatMap((validation) => textAt(validation, 'trusted_ca', 'filename') ?? []),
    ...(untrusted !== undefined && { untrusted }),
  };
}

/** The validation contexts of a TLS context, with those of its secrets. */
export function validationsOf(context: JsonObject, { secrets }: ConfigDump): JsonObject[] {
  const common = objectAt(context, 'common_tls_context');
  const combined = objectAt(common, 'combined_validation_context');
  const own = [common?.validation_context, combined?.default_validation_context];
  const names = [common, combined].flatMap(
    (each) => textAt(each, 'validation_context_sds_secret_config', 'name') ?? [],
  );
  const found = secrets.filter(({ name }) => names.includes(String(name))).map((each) => each.validation_context);
  return objectsOf([...own, ...found].filter((each) => each !== undefined));
}

/** The names that a validation context accepts. */
function namesOf(validation: JsonObject): string[] {
  const matchers: Json[] = [
    ...objectsOf(validation.match_typed_subject_alt_names).map(({ matcher }) => matcher ?? null),
    ...objectsOf(validation.match_subject_alt_names),
  ];
  return matchers.flatMap((matcher) => {
    const of = (kind: string): string | undefined => textAt(matcher, kind);
    const start = of('prefix');
    const end = of('suffix') ?? of('contains');
    return of('exact') ?? (start === undefined ? (end === undefined ? [] : `lab${end}`) : `${start}lab`);
  });
}

function untrustedBy(validation: JsonObject): string | undefined {
  if (validation.verify_certificate_hash || validation.verify_certificate_spki)
    return 'Envoy verifies its certificate by a fingerprint';
  const authority = objectAt(validation, 'trusted_ca');
  if (authority && authority.filename === undefined)
    return 'Envoy verifies its certificate by an authority that is part of the config';
  if (validation.system_root_certs) return 'Envoy verifies its certificate by the authorities of the system';
  return undefined;
}
