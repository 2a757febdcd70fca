import { METADATA } from '../../../helpers/constants/addresses.ts';
import { AUTHZ_GID } from '../../../helpers/constants/ports.ts';
import type { AuthzAnswer, MetadataUse } from '../../../helpers/exchange/stub-calls.ts';

/** The header that says for how many seconds a token is valid. */
export const TOKEN_TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

/** An answer of the stub that names the instance a workload runs on. Long enough for a busy machine; only silence takes it. */
export function withMetadata(change: Partial<MetadataUse> = {}): AuthzAnswer {
  return {
    identity: { metadata: { url: `http://${METADATA}`, gid: AUTHZ_GID, v1: true, timeoutMs: 2_000, ...change } },
  };
}
