import { ProviderFailure } from '../config/provider.js';

interface Refusal {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException:
    'access is denied. Allow secretsmanager:BatchGetSecretValue, secretsmanager:GetSecretValue on the secret and kms:Decrypt on its key, as the policy in infrastructure/aws does',
  DecryptionFailure: 'its key does not decrypt it. Allow kms:Decrypt on the key, and see that the key is enabled',
  CredentialsProviderError:
    'there are no AWS credentials. Give the process a role, such as by EKS Pod Identity, or AWS_PROFILE on a machine of yours',
  ExpiredTokenException: 'the AWS credentials have expired. Renew them',
  UnrecognizedClientException: 'AWS does not know the credentials. Correct them, or the region',
  InvalidSignatureException: 'AWS does not accept the signature. Correct the credentials, or the clock of this machine',
  InvalidRequestException: 'it is scheduled for deletion. Restore it',
};

/** What the store has no text for, which is not a failure but a secret that is not there yet. */
export const NOT_THERE = 'ResourceNotFoundException';

/** What one secret, or all at once, were refused with. */
export function failureOf({ code = 'an error without a name', message = '' }: Refusal): ProviderFailure {
  return new ProviderFailure(HINTS[code] ?? `${code}: ${message}`);
}

/**
 * A refusal that no other try would change, as the answer it is; undefined for what may be over in a moment, such as a network
 * that is down or a store that is too busy.
 */
export function refusalOf(error: unknown): ProviderFailure | undefined {
  const { name, message, $fault, $retryable, $metadata } = error as Thrown;
  if (name in HINTS) return failureOf({ code: name, message });
  const isOurs = $fault === 'client' && $retryable === undefined && $metadata?.httpStatusCode !== 429;
  return isOurs && name !== 'ThrottlingException' ? failureOf({ code: name, message }) : undefined;
}

/** The members an error of the SDK may have. */
interface Thrown {
  readonly name: string;
  readonly message: string;
  readonly $fault?: 'client' | 'server';
  readonly $retryable?: object;
  readonly $metadata?: { readonly httpStatusCode?: number };
}
