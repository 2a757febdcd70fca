import { METADATA } from '../../../helpers/constants/addresses.ts';
import { AUTHZ_GID } from '../../../helpers/constants/ports.ts';
import type { AuthzAnswer, MetadataUse } from '../../../helpers/exchange/stub-calls.ts';

/** The header with the lifetime of a token in seconds. */
export const TOKEN_TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

/** The stub names the instance of a workload. Only silence reaches the timeout. */
export function withMetadata(change: Partial<MetadataUse> = {}): AuthzAnswer {
  return {
    identity: { metadata: { url: `http://${METADATA}`, gid: AUTHZ_GID, v1: true, timeoutMs: 2_000, ...change } },
  };
}
